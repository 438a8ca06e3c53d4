"""Sonarr and Radarr over httpx."""
