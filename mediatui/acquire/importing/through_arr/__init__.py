"""Importing through Sonarr and Radarr: what they would do is asked, judged and compared before anything is sent."""
