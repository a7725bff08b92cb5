"""What changed the tables of the first release, as SQL that never changes once released; in its order."""

CREDENTIALS_2 = """
ALTER TABLE credential ADD COLUMN recovery BLOB CHECK (length(recovery) BETWEEN 1 AND 70000);
ALTER TABLE credential ADD COLUMN unreadable TEXT NOT NULL DEFAULT '';
ALTER TABLE deployment ADD COLUMN isolation TEXT CHECK (isolation IN ('full', 'partial', 'process only'));
ALTER TABLE registry_check ADD COLUMN requested_by TEXT NOT NULL DEFAULT '';
"""

# What an entry may hold is what has a column here; no column takes free text of a region or a registry.
AUDIT = """
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY CHECK (seq >= 1),
  at TEXT NOT NULL,
  user TEXT NOT NULL,
  terminal TEXT NOT NULL,
  client TEXT NOT NULL,
  action TEXT NOT NULL,
  project TEXT,
  registry TEXT,
  container TEXT,
  regions TEXT NOT NULL,
  deployment INTEGER,
  versions TEXT NOT NULL,
  outcome TEXT NOT NULL,
  hash TEXT NOT NULL CHECK (length(hash) = 64)
) STRICT;

CREATE INDEX audit_by_registry ON audit (project, registry, seq);

CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is only ever added to'); END;

CREATE TRIGGER audit_never_goes BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is only ever added to'); END;

CREATE TABLE audit_anchor (
  region TEXT NOT NULL REFERENCES region (id) ON DELETE CASCADE,
  project TEXT NOT NULL,
  secret TEXT NOT NULL,
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL,
  read_at TEXT NOT NULL,
  PRIMARY KEY (region, project, secret)
) STRICT;
"""

MANNER = """
ALTER TABLE deployment ADD COLUMN canary TEXT;
ALTER TABLE deployment ADD COLUMN soak_seconds INTEGER NOT NULL DEFAULT 0 CHECK (soak_seconds >= 0);
ALTER TABLE deployment ADD COLUMN gate TEXT NOT NULL DEFAULT 'none'
  CHECK (gate IN ('none', 'closed', 'open'));
ALTER TABLE deployment ADD COLUMN max_failures INTEGER CHECK (max_failures >= 0);
ALTER TABLE deployment ADD COLUMN take_over INTEGER NOT NULL DEFAULT 0 CHECK (take_over IN (0, 1));
"""

VERSIONS_3 = """
ALTER TABLE registry ADD COLUMN max_versions INTEGER NOT NULL DEFAULT 5
  CHECK (max_versions BETWEEN 1 AND 20);
DROP TRIGGER registry_version_rises;
CREATE TRIGGER registry_version_is_current BEFORE UPDATE OF version ON registry
WHEN NOT EXISTS (SELECT 1 FROM credential WHERE registry_id = NEW.id AND version = NEW.version
  AND state = 'current')
BEGIN SELECT RAISE(ABORT, 'the version of a registry is that of its current credential'); END;
ALTER TABLE credential ADD COLUMN replaced_by INTEGER CHECK (replaced_by >= 1);
ALTER TABLE applied_secret ADD COLUMN holds INTEGER NOT NULL DEFAULT 0;
UPDATE applied_secret SET holds = version;
"""

# A row names the secret in a region and the version whose token is to be in it, never a token.
WRITES_3 = """
CREATE TABLE secret_write (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  registry_id TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 1),
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'done')),
  attempts INTEGER NOT NULL CHECK (attempts >= 0),
  next_try_at TEXT NOT NULL,
  last_error TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX one_pending_secret_write ON secret_write (project, region, name) WHERE state = 'pending';
CREATE INDEX secret_write_due ON secret_write (next_try_at) WHERE state = 'pending';
"""

# A CHECK cannot be changed, so these tables are made anew; what refers to `container` is put aside meanwhile.
KINDS = """
CREATE TABLE former_container_region AS SELECT * FROM container_region;
DROP TABLE container_region;
CREATE TABLE former_container AS SELECT * FROM container;
DROP TABLE container;

CREATE TABLE container (
  id TEXT PRIMARY KEY CHECK (length(id) = 32 AND id NOT GLOB '*[^0-9a-f]*'),
  project TEXT NOT NULL REFERENCES project (handle) ON DELETE RESTRICT,
  handle TEXT NOT NULL,
  name TEXT NOT NULL,
  image TEXT NOT NULL,
  type TEXT NOT NULL CHECK (type IN ('http', 'worker', 'cronjob')),
  registry TEXT,
  registry_id TEXT,
  secret TEXT,
  replicas INTEGER NOT NULL CHECK (replicas >= 0),
  port INTEGER CHECK (port BETWEEN 1 AND 65535),
  env TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('provisioning', 'running', 'error', 'terminating', 'terminated')),
  revision INTEGER NOT NULL CHECK (revision >= 0),
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  schedule TEXT,
  UNIQUE (project, handle),
  CHECK (registry_id IS NULL OR registry IS NOT NULL),
  CHECK ((type = 'cronjob') = (schedule IS NOT NULL)),
  FOREIGN KEY (registry_id, project) REFERENCES registry (id, project) ON DELETE RESTRICT
) STRICT;

INSERT INTO container (id, project, handle, name, image, type, registry, registry_id, secret, replicas, port,
    env, status, revision, created_at, updated_at)
  SELECT id, project, handle, name, image, type, registry, registry_id, secret, replicas, port, env, status,
    revision, created_at, updated_at FROM former_container;
DROP TABLE former_container;

CREATE INDEX container_by_registry ON container (registry_id);

CREATE TRIGGER container_revision_rises BEFORE UPDATE OF revision ON container
WHEN NEW.revision < OLD.revision
BEGIN SELECT RAISE(ABORT, 'the revision of a container never goes back'); END;

CREATE TABLE container_region (
  container_id TEXT NOT NULL REFERENCES container (id) ON DELETE RESTRICT,
  region TEXT NOT NULL REFERENCES region (id) ON DELETE RESTRICT,
  position INTEGER NOT NULL,
  PRIMARY KEY (container_id, region)
) STRICT;

INSERT INTO container_region (container_id, region, position)
  SELECT container_id, region, position FROM former_container_region;
DROP TABLE former_container_region;

CREATE INDEX container_region_by_region ON container_region (region);

ALTER TABLE removal RENAME TO former_removal;

CREATE TABLE removal (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project TEXT NOT NULL,
  region TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('Secret', 'Deployment', 'Service', 'CronJob')),
  name TEXT NOT NULL,
  uid TEXT,
  reason TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'done')),
  attempts INTEGER NOT NULL CHECK (attempts >= 0),
  next_try_at TEXT NOT NULL,
  last_error TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;

INSERT INTO removal (id, project, region, kind, name, uid, reason, state, attempts, next_try_at, last_error,
    created_at)
  SELECT id, project, region, kind, name, uid, reason, state, attempts, next_try_at, last_error, created_at
    FROM former_removal;
DROP TABLE former_removal;

CREATE UNIQUE INDEX one_pending_removal ON removal (project, region, kind, name) WHERE state = 'pending';
CREATE INDEX removal_due ON removal (next_try_at) WHERE state = 'pending';

ALTER TABLE placement ADD COLUMN kind TEXT NOT NULL DEFAULT 'Deployment'
  CHECK (kind IN ('Deployment', 'CronJob'));
ALTER TABLE placement ADD COLUMN arriving TEXT CHECK (arriving IN ('Deployment', 'CronJob'));
ALTER TABLE region ADD COLUMN cron_api TEXT NOT NULL DEFAULT '';
"""

INIT_JOBS = """
CREATE TABLE init_job (
  container_id TEXT NOT NULL REFERENCES container (id) ON DELETE RESTRICT,
  project TEXT NOT NULL,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  image TEXT NOT NULL,
  command TEXT NOT NULL,
  registry TEXT,
  registry_id TEXT,
  secret TEXT,
  PRIMARY KEY (container_id, name),
  CHECK (registry_id IS NULL OR registry IS NOT NULL),
  FOREIGN KEY (registry_id, project) REFERENCES registry (id, project) ON DELETE RESTRICT
) STRICT;

CREATE INDEX init_job_by_registry ON init_job (registry_id);

CREATE TABLE placement_secret (
  project TEXT NOT NULL,
  container TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  registry_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (project, container, region, name),
  FOREIGN KEY (project, container, region) REFERENCES placement (project, container, region)
    ON DELETE CASCADE
) STRICT;

CREATE INDEX placement_secret_by_registry ON placement_secret (registry_id);
"""

# What regions showed: names and marks of objects, no contents.
OBSERVED = """
CREATE TABLE read_back (
  project TEXT NOT NULL REFERENCES project (handle) ON DELETE CASCADE,
  region TEXT NOT NULL REFERENCES region (id) ON DELETE CASCADE,
  requested_at TEXT,
  read_at TEXT,
  error TEXT NOT NULL,
  PRIMARY KEY (project, region)
) STRICT;

CREATE INDEX read_back_open ON read_back (requested_at) WHERE requested_at IS NOT NULL;

CREATE TABLE observed_secret (
  project TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  uid TEXT NOT NULL,
  version INTEGER,
  holds INTEGER,
  edited_by TEXT NOT NULL,
  read_at TEXT NOT NULL,
  PRIMARY KEY (project, region, name),
  FOREIGN KEY (project, region) REFERENCES read_back (project, region) ON DELETE CASCADE
) STRICT;

CREATE TABLE observed_workload (
  project TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  uid TEXT NOT NULL,
  image TEXT NOT NULL,
  secrets TEXT NOT NULL,
  deployment INTEGER,
  replicas INTEGER NOT NULL,
  read_at TEXT NOT NULL,
  PRIMARY KEY (project, region, name),
  FOREIGN KEY (project, region) REFERENCES read_back (project, region) ON DELETE CASCADE
) STRICT;
"""

HEALTH = """
ALTER TABLE region ADD COLUMN failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0);
ALTER TABLE region ADD COLUMN next_check_at TEXT;
"""

REPAIRS = """
ALTER TABLE secret_write ADD COLUMN force INTEGER NOT NULL DEFAULT 0 CHECK (force IN (0, 1));
"""

# The tombstones of a deletion name the registry, which they outlive where a region cannot be reached.
DELETION = """
ALTER TABLE registry ADD COLUMN deleting_since TEXT;
ALTER TABLE registry ADD COLUMN deleting_by TEXT CHECK ((deleting_by IS NULL) = (deleting_since IS NULL));
ALTER TABLE removal ADD COLUMN registry_id TEXT;

CREATE INDEX registry_deleting ON registry (deleting_since) WHERE deleting_since IS NOT NULL;
CREATE INDEX removal_by_registry ON removal (registry_id) WHERE registry_id IS NOT NULL;

CREATE TRIGGER registry_deletion_stays BEFORE UPDATE OF deleting_since ON registry
WHEN OLD.deleting_since IS NOT NULL AND NEW.deleting_since IS NOT OLD.deleting_since
BEGIN SELECT RAISE(ABORT, 'the deletion of a registry is never taken back'); END;

CREATE TRIGGER deleted_registry_stays_empty BEFORE INSERT ON credential
WHEN EXISTS (SELECT 1 FROM registry WHERE id = NEW.registry_id AND deleting_since IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'a registry that is being deleted takes no credentials'); END;
"""

# What a worker asks about one region is not to look at what is in all the others.
INDEXES = """
CREATE INDEX placement_by_region ON placement (region, project);
CREATE INDEX deployment_open ON deployment (project)
  WHERE state IN ('queued', 'running', 'cancelling', 'held');
"""

# One number for each kind of row of which there may be very many, higher after every change of one.
CHANGES = """
CREATE TABLE change (
  kind TEXT PRIMARY KEY,
  number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO change VALUES ('container', 0), ('placement', 0), ('secret', 0);
"""

PROTECTION = """
ALTER TABLE region ADD COLUMN protected INTEGER NOT NULL DEFAULT 0 CHECK (protected IN (0, 1));
"""

LATENCIES = """
ALTER TABLE region ADD COLUMN latencies TEXT NOT NULL DEFAULT '';
"""

SHOWN_OF_TOKENS = """
ALTER TABLE credential ADD COLUMN token_kind TEXT NOT NULL DEFAULT '';
ALTER TABLE credential ADD COLUMN expires_at TEXT;
"""

MINTED = """
ALTER TABLE applied_secret ADD COLUMN expires_at TEXT;
ALTER TABLE applied_secret ADD COLUMN refresh_at TEXT;

CREATE INDEX applied_secret_refresh ON applied_secret (refresh_at) WHERE refresh_at IS NOT NULL;
"""

ADOPTIONS = """
CREATE TABLE adoption (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project TEXT NOT NULL,
  region TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('look', 'take')),
  request TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done')),
  result TEXT,
  requested_at TEXT NOT NULL,
  requested_by TEXT NOT NULL,
  finished_at TEXT
) STRICT;

CREATE INDEX adoption_open ON adoption (id) WHERE state != 'done';
"""

NOTICES = """
CREATE TABLE notice (
  about TEXT PRIMARY KEY,
  seq INTEGER NOT NULL CHECK (seq >= 0),
  at TEXT NOT NULL
) STRICT;
"""
