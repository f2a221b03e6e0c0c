-- äpfel
INSERT INTO fruit VALUES ('äpple', 'sour'), ('fig', 'sweet;');
UPDATE fruit SET taste = sweetest() WHERE name = 'fig';

