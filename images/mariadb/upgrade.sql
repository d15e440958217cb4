-- Read at each start, before anybody is let in: what a database lacks that an older 10-schema.sql made.
-- Each line is one statement, may be run again and again, and bears that its table is not there.
ALTER TABLE IF EXISTS person MODIFY COLUMN IF EXISTS name VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL;
ALTER TABLE IF EXISTS person_images MODIFY COLUMN IF EXISTS image_name VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL;
ALTER TABLE IF EXISTS images MODIFY COLUMN IF EXISTS path VARCHAR(512) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL;
