"""A client of the Additional Factors API, written from its document and the facts about it alone."""
