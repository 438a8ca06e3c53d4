"""What names say: titles, years, seasons, episodes, releases, extras."""
