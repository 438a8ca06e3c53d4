"""What the program leans on at other services, held against fakes always and real servers if there are.

CONTRIBUTING.md says how a real server is named. Each case makes what it needs in a folder of its own,
and removes it.
"""
