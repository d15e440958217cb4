-- The database `kube`. MySQL's and MariaDB's entrypoints run this once, on an empty data folder.
-- Names and paths are compared as file systems do it, byte by byte, a space at the end too: "Rene" is not
-- "René". The two servers call that differently, and each reads its own line.
/*M!100204  ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin */;
/*!80017  ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin */;

CREATE TABLE person (
  id    INT AUTO_INCREMENT PRIMARY KEY,
  name  VARCHAR(255) NOT NULL UNIQUE
);

-- Which picture in known_people shows whom.
CREATE TABLE person_images (
  id          INT AUTO_INCREMENT PRIMARY KEY,
  person_id   INT NOT NULL,
  image_name  VARCHAR(255) NOT NULL UNIQUE,
  FOREIGN KEY (person_id) REFERENCES person (id)
);

-- One row a posted photo. status: 0 PENDING, 1 PROCESSED, 2 FAILED, 3 PROCESSING.
CREATE TABLE images (
  id          INT AUTO_INCREMENT PRIMARY KEY,
  path        VARCHAR(512) NOT NULL UNIQUE,
  status      TINYINT NOT NULL DEFAULT 0,
  person_id   INT NULL,
  reason      VARCHAR(512) NULL,            -- why it FAILED, in words
  distance    DOUBLE NULL,                  -- to the matched known face, no unit
  box_top     INT NULL,                     -- where the face is, in pixels
  box_right   INT NULL,
  box_bottom  INT NULL,
  box_left    INT NULL,
  attempts    SMALLINT NOT NULL DEFAULT 0,  -- how often face-recognition was asked and did not answer
  passing     BOOLEAN NOT NULL DEFAULT 0,   -- FAILED for a reason that may pass: the redeemer tries again
  redeemed    SMALLINT NOT NULL DEFAULT 0,  -- how often the redeemer has done so
  created_at  TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  updated_at  TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  FOREIGN KEY (person_id) REFERENCES person (id),
  KEY by_status (status, id),               -- the frontend's pages
  KEY by_age (status, updated_at)           -- the redeemer's question
);

-- What has to be published. Written in the transaction that writes the images row, so that a crash
-- between the two loses nothing. The relay notes when nsqd has it; the redeemer deletes old entries.
CREATE TABLE outbox (
  id            BIGINT AUTO_INCREMENT PRIMARY KEY,
  image_id      INT NOT NULL,
  created_at    TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  published_at  TIMESTAMP(3) NULL,
  FOREIGN KEY (image_id) REFERENCES images (id),
  KEY by_publication (published_at, id)
);

-- Messages that name no photo: no row could say that they failed, so they are kept here.
CREATE TABLE parked (
  id          BIGINT AUTO_INCREMENT PRIMARY KEY,
  body        VARBINARY(1024) NOT NULL,     -- the first 1024 bytes
  reason      VARCHAR(512) NOT NULL,
  created_at  TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
);
