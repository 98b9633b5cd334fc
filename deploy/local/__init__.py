"""A whole platform on one machine: private broker, database and web server, all services, under one supervisor."""
