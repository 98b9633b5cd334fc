"""What stands on the papers of a session, a module a paper. They are drawn outside the event loop and read nothing."""
