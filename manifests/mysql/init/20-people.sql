-- The people in known_people: one picture each.
INSERT INTO person (id, name) VALUES (1, 'Barack Obama'), (2, 'Joe Biden'), (3, 'Eileen Collins');
INSERT INTO person_images (person_id, image_name) VALUES (1, 'obama.jpg'), (2, 'biden.jpg'), (3, 'astronaut.png');
