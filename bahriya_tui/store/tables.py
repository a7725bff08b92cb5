"""The tables of the first release, as SQL that never changes; `schema` has what changed them since."""

PROJECTS = """
CREATE TABLE project (
  handle TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;
"""

REGIONS = """
CREATE TABLE region (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  city TEXT NOT NULL,
  country TEXT NOT NULL,
  context TEXT NOT NULL,
  kubeconfig TEXT NOT NULL,
  server TEXT NOT NULL,
  ca_fingerprint TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('active', 'unreachable')),
  last_error TEXT NOT NULL,
  last_seen_at TEXT,
  created_at TEXT NOT NULL
) STRICT;

CREATE TABLE region_check (
  region TEXT PRIMARY KEY REFERENCES region (id) ON DELETE CASCADE,
  requested_at TEXT NOT NULL
) STRICT;

CREATE TABLE namespace (
  region TEXT NOT NULL REFERENCES region (id) ON DELETE RESTRICT,
  project TEXT NOT NULL,
  PRIMARY KEY (region, project)
) STRICT;
"""

REGISTRIES = """
CREATE TABLE registry (
  id TEXT PRIMARY KEY CHECK (length(id) = 32 AND id NOT GLOB '*[^0-9a-f]*'),
  project TEXT NOT NULL REFERENCES project (handle) ON DELETE RESTRICT,
  handle TEXT NOT NULL,
  name TEXT NOT NULL,
  server TEXT NOT NULL,
  username TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 0),
  expires TEXT,
  plain_http INTEGER NOT NULL CHECK (plain_http IN (0, 1)),
  ca_file TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (project, handle),
  UNIQUE (id, project)
) STRICT;

CREATE TRIGGER registry_version_rises BEFORE UPDATE OF version ON registry WHEN NEW.version < OLD.version
BEGIN SELECT RAISE(ABORT, 'the version of a registry never goes back'); END;

CREATE TABLE version_counter (
  project TEXT NOT NULL,
  handle TEXT NOT NULL,
  last INTEGER NOT NULL CHECK (last >= 1),
  PRIMARY KEY (project, handle)
) STRICT;

CREATE TRIGGER version_counter_rises BEFORE UPDATE ON version_counter WHEN NEW.last <= OLD.last
BEGIN SELECT RAISE(ABORT, 'version numbers are never used twice'); END;

CREATE TRIGGER version_counter_stays BEFORE DELETE ON version_counter
BEGIN SELECT RAISE(ABORT, 'version numbers are never used twice'); END;

CREATE TABLE credential (
  registry_id TEXT NOT NULL REFERENCES registry (id) ON DELETE RESTRICT,
  version INTEGER NOT NULL CHECK (version >= 1),
  server TEXT NOT NULL,
  username TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('reserved', 'current', 'previous', 'rejected')),
  created_at TEXT NOT NULL,
  created_by TEXT NOT NULL,
  sealed BLOB CHECK (length(sealed) BETWEEN 1 AND 70000),
  PRIMARY KEY (registry_id, version),
  CHECK (state NOT IN ('current', 'previous') OR sealed IS NOT NULL),
  CHECK (state != 'rejected' OR sealed IS NULL)
) STRICT;

CREATE UNIQUE INDEX one_current_credential ON credential (registry_id) WHERE state = 'current';

CREATE TABLE registry_check (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  registry_id TEXT NOT NULL REFERENCES registry (id) ON DELETE RESTRICT,
  version INTEGER NOT NULL,
  images TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done')),
  result TEXT,
  requested_at TEXT NOT NULL,
  finished_at TEXT
) STRICT;

CREATE INDEX check_by_registry ON registry_check (registry_id, id);
CREATE INDEX check_open ON registry_check (id) WHERE state != 'done';
"""

CONTAINERS = """
CREATE TABLE container (
  id TEXT PRIMARY KEY CHECK (length(id) = 32 AND id NOT GLOB '*[^0-9a-f]*'),
  project TEXT NOT NULL REFERENCES project (handle) ON DELETE RESTRICT,
  handle TEXT NOT NULL,
  name TEXT NOT NULL,
  image TEXT NOT NULL,
  type TEXT NOT NULL CHECK (type IN ('http', 'worker')),
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
  UNIQUE (project, handle),
  CHECK (registry_id IS NULL OR registry IS NOT NULL),
  FOREIGN KEY (registry_id, project) REFERENCES registry (id, project) ON DELETE RESTRICT
) STRICT;

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

CREATE INDEX container_region_by_region ON container_region (region);
"""

DEPLOYMENTS = """
CREATE TABLE deployment (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project TEXT NOT NULL,
  container TEXT NOT NULL,
  container_id TEXT NOT NULL,
  revision INTEGER NOT NULL CHECK (revision >= 1),
  kind TEXT NOT NULL CHECK (kind IN ('deploy', 'terminate')),
  state TEXT NOT NULL CHECK (
    state IN ('queued', 'running', 'cancelling', 'done', 'partial', 'failed', 'cancelled', 'held')
  ),
  spec TEXT NOT NULL,
  max_parallel INTEGER NOT NULL CHECK (max_parallel >= 0),
  cancel_requested INTEGER NOT NULL DEFAULT 0 CHECK (cancel_requested IN (0, 1)),
  fence INTEGER NOT NULL DEFAULT 0 CHECK (fence >= 0),
  owner TEXT,
  lease_until TEXT,
  status_before TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at TEXT NOT NULL,
  started_at TEXT,
  finished_at TEXT,
  plaintext_ms REAL CHECK (plaintext_ms >= 0),
  UNIQUE (container_id, revision),
  CHECK ((state IN ('running', 'cancelling')) = (lease_until IS NOT NULL))
) STRICT;

CREATE UNIQUE INDEX one_active_deployment ON deployment (container_id)
  WHERE state IN ('queued', 'running', 'cancelling');
CREATE INDEX deployment_active ON deployment (id) WHERE state IN ('queued', 'running', 'cancelling');
CREATE INDEX deployment_by_project ON deployment (project, container, id);

CREATE TRIGGER deployment_fence_rises BEFORE UPDATE OF fence ON deployment WHEN NEW.fence < OLD.fence
BEGIN SELECT RAISE(ABORT, 'the fence of a deployment never goes back'); END;

CREATE TABLE deployment_region (
  deployment INTEGER NOT NULL REFERENCES deployment (id) ON DELETE RESTRICT,
  region TEXT NOT NULL,
  position INTEGER NOT NULL,
  wave INTEGER NOT NULL CHECK (wave >= 0),
  state TEXT NOT NULL CHECK (
    state IN ('queued', 'connecting', 'preflight', 'pull_secret', 'workload', 'rolling', 'removing',
              'running', 'terminated', 'failed', 'unreachable', 'held', 'cancelled')
  ),
  message TEXT NOT NULL DEFAULT '',
  updated INTEGER,
  replicas INTEGER,
  started_at TEXT,
  finished_at TEXT,
  PRIMARY KEY (deployment, region)
) STRICT;
"""

# These outlive the project, container and region they name, until the objects are gone from the regions.
IN_REGIONS = """
CREATE TABLE placement (
  project TEXT NOT NULL,
  container TEXT NOT NULL,
  region TEXT NOT NULL,
  deployment INTEGER NOT NULL,
  image TEXT NOT NULL,
  secret TEXT,
  registry_id TEXT,
  version INTEGER,
  workload_uid TEXT,
  service_uid TEXT,
  PRIMARY KEY (project, container, region)
) STRICT;

CREATE TABLE applied_secret (
  project TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  registry_id TEXT NOT NULL,
  registry TEXT NOT NULL,
  version INTEGER NOT NULL,
  uid TEXT,
  PRIMARY KEY (project, region, name)
) STRICT;

CREATE INDEX applied_secret_by_registry ON applied_secret (registry_id);

CREATE TABLE removal (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project TEXT NOT NULL,
  region TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('Secret', 'Deployment', 'Service')),
  name TEXT NOT NULL,
  uid TEXT,
  reason TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'done')),
  attempts INTEGER NOT NULL CHECK (attempts >= 0),
  next_try_at TEXT NOT NULL,
  last_error TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX one_pending_removal ON removal (project, region, kind, name) WHERE state = 'pending';
CREATE INDEX removal_due ON removal (next_try_at) WHERE state = 'pending';
"""

EVENTS = """
CREATE TABLE event (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  project TEXT,
  phase TEXT NOT NULL,
  message TEXT NOT NULL,
  deployment INTEGER,
  region TEXT,
  container TEXT,
  registry TEXT,
  actor TEXT NOT NULL
) STRICT;

CREATE INDEX event_by_deployment ON event (deployment, seq);
CREATE INDEX event_by_project ON event (project, seq);

CREATE TRIGGER event_never_changes BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'events are only ever added'); END;

CREATE TRIGGER event_never_goes BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'events are only ever added'); END;
"""
