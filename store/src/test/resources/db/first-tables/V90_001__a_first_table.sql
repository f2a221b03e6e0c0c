CREATE TABLE fruit (name text PRIMARY KEY, taste text);
CREATE FUNCTION sweetest() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN 'fig; ripe';
END $$;
