-- The database `kube`. MySQL's and MariaDB's entrypoints run this once, on an empty data folder.
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
  path        VARCHAR(512) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL UNIQUE,
  status      TINYINT NOT NULL DEFAULT 0,
  person_id   INT NULL,
  reason      VARCHAR(512) NULL,            -- why it FAILED, in words
  distance    DOUBLE NULL,                  -- to the matched known face, no unit
  box_top     INT NULL,                     -- where the face is, in pixels
  box_right   INT NULL,
  box_bottom  INT NULL,
  box_left    INT NULL,
  created_at  TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  updated_at  TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  FOREIGN KEY (person_id) REFERENCES person (id),
  KEY by_status (status, updated_at)
);

-- What has to be published. Written in the transaction that writes the images row,
-- so that a crash between the two loses nothing; the relay deletes it once nsqd has it.
CREATE TABLE outbox (
  id          BIGINT AUTO_INCREMENT PRIMARY KEY,
  image_id    INT NOT NULL,
  created_at  TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  FOREIGN KEY (image_id) REFERENCES images (id)
);
