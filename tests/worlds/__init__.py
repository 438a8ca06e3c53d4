"""What tests live in: archives, libraries, accounts, homes and screens. No module of tests imports another one."""
