"""What people do with membership: a use case, or a small family of them, a file."""
