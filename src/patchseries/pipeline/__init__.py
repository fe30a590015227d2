"""The stages joined: what each command does; nothing is printed here."""
