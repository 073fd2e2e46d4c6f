-- Whether an import has rows that failed is asked on every page.
CREATE INDEX idx_import_ledger_failed ON import_ledger(batch_id) WHERE outcome = 'failed';
