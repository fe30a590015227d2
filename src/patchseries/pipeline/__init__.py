"""The stages joined: what each command does, without a word printed."""
