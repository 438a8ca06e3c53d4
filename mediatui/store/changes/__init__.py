"""The tables of changes: batches, steps, the journal, rescans that are pending."""
