"""What notification does, one use case or small family a file."""
