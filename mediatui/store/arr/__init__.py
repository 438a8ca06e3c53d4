"""What Sonarr and Radarr know, and what was found out of services."""
