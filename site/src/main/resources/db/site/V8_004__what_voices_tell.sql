-- What an agent's key may tell of: subjects with blanks between them. Those from before keys were bound may tell of nothing, until they are removed and added again.
ALTER TABLE site_voice ADD COLUMN tells text NOT NULL DEFAULT '';
