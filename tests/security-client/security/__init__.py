"""A client of the Security API V2, written from its document and the facts about it alone."""
