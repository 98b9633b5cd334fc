"""``python -m deploy.cli``: `sanggar` where it is not installed as a command."""

from deploy.cli.main import app

if __name__ == "__main__":
    app()
