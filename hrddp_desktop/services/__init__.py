"""What a user does, in the user's words; both clients, the window and the command line, call only this."""
