-- The local Hub's tables. Every area appends its own below the line that names it.

create table users (
  id text primary key,
  name text not null unique collate nocase,
  fullname text not null,
  email text,
  avatar_url text not null,
  is_pro integer not null default 0,
  details text,
  created_at text not null
) strict;

create table orgs (
  id text primary key,
  name text not null unique collate nocase,
  fullname text not null,
  avatar_url text not null,
  plan text check (plan in ('team', 'enterprise', 'plus', 'academia')),
  is_verified integer not null default 0,
  default_visibility text not null default 'public' check (default_visibility in ('public', 'private')),
  details text,
  created_at text not null
) strict;

create table members (
  org_id text not null references orgs (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  role text not null check (role in ('admin', 'write', 'contributor', 'read', 'no_access')),
  primary key (org_id, user_id)
) strict, without rowid;

create index members_by_user on members (user_id);

-- Who follows an account; the account is a user's or an organization's id.
create table followers (
  account_id text not null,
  user_id text not null references users (id) on delete cascade,
  primary key (account_id, user_id)
) strict, without rowid;

create index followers_by_user on followers (user_id);

-- Audit logs of organizations, for their admins.
create table audit_events (
  id text primary key,
  org_id text not null references orgs (id) on delete cascade,
  author text not null references users (id) on delete cascade,
  created_at text not null,
  type text not null,
  message text not null,
  ip text
) strict;

create index audit_events_by_org on audit_events (org_id, created_at desc, id desc);

create table tokens (
  token text primary key,
  user_id text not null references users (id) on delete cascade,
  display_name text not null,
  role text not null check (role in ('read', 'write', 'fineGrained')),
  fine_grained text,                       -- JSON as whoami-v2 shows it
  created_at text not null
) strict;

-- Models, datasets and Spaces. `details` holds, as one JSON object, the fields that only an info answer shows.
create table repos (
  key integer primary key,
  _id text not null unique,
  type text not null check (type in ('model', 'dataset', 'space')),
  namespace text not null collate nocase,
  name text not null collate nocase,
  id text not null collate nocase,         -- namespace/name
  visibility text not null default 'public' check (visibility in ('public', 'private', 'protected')),
  gated text check (gated in ('auto', 'manual')),
  disabled integer not null default 0,
  creator text references users (id) on delete set null,
  resource_group text references resource_groups (id) on delete set null,
  created_at text not null,
  last_modified text not null,
  sha text not null,
  downloads integer not null default 0,
  downloads_all_time integer not null default 0,
  likes integer not null default 0,
  likes30d integer not null default 0,
  trending_score integer not null default 0,
  num_parameters integer not null default 0,
  main_size integer not null default 0,
  num_rows integer not null default 0,
  used_storage integer not null default 0,
  pipeline_tag text,
  library_name text,
  inference text,
  sdk text,
  description text,
  tags text not null default '[]',
  card text not null default '{}',
  details text not null default '{}',
  settings text not null default '{}',
  unique (type, id)
) strict;

create index repos_by_namespace on repos (type, namespace);
create index repos_by_group on repos (resource_group);
create index repos_by_trending on repos (type, trending_score desc, _id);
create index repos_by_downloads on repos (type, downloads desc, _id);
create index repos_by_likes on repos (type, likes desc, _id);
create index repos_by_likes30d on repos (type, likes30d desc, _id);
create index repos_by_created on repos (type, created_at desc, _id);
create index repos_by_modified on repos (type, last_modified desc, _id);
create index repos_by_parameters on repos (type, num_parameters desc, _id);
create index repos_by_size on repos (type, main_size desc, _id);
create index repos_by_rows on repos (type, num_rows desc, _id);

-- What a listing filters on besides columns: tags, apps, providers, models and datasets that a Space uses.
create table labels (
  kind text not null,
  value text not null,
  repo integer not null references repos (key) on delete cascade,
  primary key (kind, value, repo)
) strict, without rowid;

create index labels_by_repo on labels (repo);

-- Former names, which redirect to a repository's current name.
create table redirects (
  type text not null,
  old_id text not null collate nocase,
  repo integer not null references repos (key) on delete cascade,
  primary key (type, old_id)
) strict, without rowid;

-- What git stores: blobs by git's id; trees as rows that never change.
create table blobs (
  oid text primary key,
  content blob not null
) strict;

create table tree_entries (
  tree text not null,
  name text not null,
  is_folder integer not null default 0,
  oid text not null,                       -- of a large file: the blob of its pointer
  size integer not null,                   -- what a reader gets; for a folder, everything below it
  sha256 text,                             -- of a large file (LFS)
  primary key (tree, name)
) strict, without rowid;

create table commits (
  repo integer not null references repos (key) on delete cascade,
  id text not null,
  tree text not null,
  parent text,
  number integer not null,                 -- 1 for the first, then the parent's plus one
  author text not null,                    -- a user's name
  created_at text not null,
  title text not null,
  message text not null default '',
  primary key (repo, id)
) strict, without rowid;

-- Large files (LFS) by SHA-256, stored once; without content and shard, only their size is known here.
create table large_files (
  sha256 text primary key,
  size integer not null,
  content blob,
  shard text                               -- a file in datasets/shards/ that has the bytes
) strict;

-- Which repositories have a large file: knowing its SHA-256 gives nobody access to another's bytes.
create table repo_large_files (
  repo integer not null references repos (key) on delete cascade,
  sha256 text not null references large_files (sha256),
  filename text,                           -- where it was first committed
  ref text,
  pusher text not null,
  pushed_at text not null,
  primary key (repo, sha256)
) strict, without rowid;

-- Pending uploads; whoever has the address may send the bytes, as with external storage.
create table uploads (
  id text primary key,
  repo integer not null references repos (key) on delete cascade,
  sha256 text not null,
  size integer not null,
  pusher text not null,
  created_at text not null
) strict;

create table upload_parts (
  upload text not null references uploads (id) on delete cascade,
  number integer not null,
  content blob not null,
  primary key (upload, number)
) strict, without rowid;

-- Branches (`refs/heads/…`), tags (`refs/tags/…`), conversions (`refs/convert/…`) and pull requests
-- (`refs/pr/…`), without main, which is `sha` of the repository.
create table refs (
  repo integer not null references repos (key) on delete cascade,
  ref text not null,
  sha text not null,
  primary key (repo, ref)
) strict, without rowid;

create table repo_likes (
  repo integer not null references repos (key) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  created_at text not null,
  primary key (repo, user_id)
) strict, without rowid;

create index repo_likes_by_user on repo_likes (user_id);

-- Requests for access to gated repositories, and their status; after "reset" the user may ask again.
create table access_requests (
  id text primary key,
  repo integer not null references repos (key) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  status text not null check (status in ('pending', 'accepted', 'rejected', 'reset')),
  created_at text not null,
  answers text not null default '{}',      -- JSON, what the form of the repository asked for
  granted_by text references users (id) on delete set null,  -- who granted access without a request
  reviewed_at text,
  reason text,
  unique (repo, user_id)
) strict;

create index access_requests_by_status on access_requests (repo, status, created_at desc, id);

-- The parquet conversion of a dataset, one row per shard; `file` is in localhub/datasets/shards/.
create table parquet (
  repo integer not null references repos (key) on delete cascade,
  subset text not null,
  split text not null,
  shard integer not null,
  file text not null,
  primary key (repo, subset, split, shard)
) strict, without rowid;

-- discussions/

create table discussions (
  id text primary key,
  repo integer not null references repos (key) on delete cascade,
  num integer not null,
  title text not null,
  author text not null,                    -- a user's name
  created_at text not null,
  status text not null check (status in ('draft', 'open', 'closed', 'merged')),
  is_pull_request integer not null default 0,
  pinned integer not null default 0,
  base_ref text not null default 'refs/heads/main',  -- of a pull request: where it leads to
  base_sha text,                           -- where it began, and its last commit
  head_sha text,
  merge_sha text,
  ref_deleted integer not null default 0,
  unique (repo, num)
) strict;

create table discussion_events (
  id text primary key,
  discussion text not null references discussions (id) on delete cascade,
  place integer not null,                  -- in order of creation
  author text not null,
  created_at text not null,
  type text not null,
  facts text not null,                     -- JSON, as the Hub shows it under `data`, and a comment's own
  unique (discussion, place)
) strict;

-- Attachments of discussions; the Hub stores them on a separate host, permanently.
create table attachments (
  name text primary key,
  kind text not null,
  content blob not null
) strict;

-- The last requests, for the view. Never a header, so never a token.
create table requests (
  id integer primary key autoincrement,
  time text not null,
  method text not null,
  path text not null,
  query text not null,
  said text,                               -- a summary of the body
  status integer not null,                 -- 0: no answer
  caller text,
  fault text,                              -- injected deliberately, see faults/
  milliseconds real not null
) strict;

-- groups/

create table resource_groups (
  id text primary key,
  org_id text not null references orgs (id) on delete cascade,
  name text not null,
  description text not null default '',
  auto_join_role text,                     -- null: off
  auto_join_scope text check (auto_join_scope in ('all', 'read_plus')),
  spend_limits text not null default '{}', -- JSON, cents by product
  created_at text not null
) strict;

create index resource_groups_by_org on resource_groups (org_id);

create table resource_group_users (
  group_id text not null references resource_groups (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  role text not null check (role in ('admin', 'write', 'contributor', 'read', 'no_access')),
  added_by text,                           -- a user's name; null: joined by themselves
  added_at text,
  primary key (group_id, user_id)
) strict, without rowid;

create index resource_group_users_by_user on resource_group_users (user_id);

-- papers/

create table papers (
  id text primary key,                     -- arXiv's
  title text not null,
  summary text not null,
  authors text not null,                   -- JSON as the Hub shows them, with a user's name under `user`
  published_at text not null,
  submitted_at text,                       -- when it came to the daily papers; null: never
  submitted_by text references users (id) on delete set null,
  upvotes integer not null default 0,
  discussion_id text not null,
  details text not null default '{}'       -- JSON: projectPage, githubRepo, ai_summary, mediaUrls, …
) strict;

create index papers_by_day on papers (submitted_at);

create table paper_comments (
  id text primary key,
  paper text not null references papers (id) on delete cascade,
  author text not null references users (id) on delete cascade,
  created_at text not null,
  text text not null,
  answers text references paper_comments (id) on delete cascade
) strict;

create index paper_comments_by_paper on paper_comments (paper, created_at);

-- collections/

create table collections (
  id text primary key,
  namespace text not null collate nocase,
  title text not null,
  title_slug text not null,                -- what the slug begins with
  description text,
  private integer not null default 0,
  gating text not null default 'false',    -- JSON as its owner sees it
  theme text not null,
  position integer not null default 0,
  upvotes integer not null default 0,
  trending integer not null default 0,
  creator text references users (id) on delete set null,
  resource_group text references resource_groups (id) on delete set null,
  last_updated text not null
) strict;

create index collections_by_owner on collections (namespace, title_slug);
create index collections_by_group on collections (resource_group);
create index collections_by_trending on collections (trending desc, id);
create index collections_by_upvotes on collections (upvotes desc, id);
create index collections_by_updated on collections (last_updated desc, id);

-- `target` is the id that survives renaming: a repository's _id, arXiv's id, a collection's, a bucket's.
create table collection_items (
  id text primary key,
  collection text not null references collections (id) on delete cascade,
  type text not null check (type in ('paper', 'collection', 'space', 'model', 'dataset', 'bucket')),
  target text not null,
  position integer not null,
  note text,
  gallery text not null default '[]',
  unique (collection, type, target)
) strict;

create index collection_items_by_target on collection_items (target);

-- Only what collections and resource groups show of a bucket; buckets themselves are not imitated.
create table buckets (
  id text primary key,
  namespace text not null collate nocase,
  name text not null collate nocase,
  private integer not null default 0,
  resource_group text references resource_groups (id) on delete set null,
  created_at text not null,
  updated_at text not null,
  size integer not null,
  total_files integer not null,
  unique (namespace, name)
) strict;

-- Whatever is deleted disappears from every collection.
create trigger repos_leave_collections after delete on repos begin
  delete from collection_items where target = old._id;
end;

create trigger collections_leave_collections after delete on collections begin
  delete from collection_items where type = 'collection' and target = old.id;
end;

-- Jobs and their `spec` (JSON); their states follow from these times and the clock.
create table jobs (
  id text primary key,
  namespace text not null collate nocase,
  created_by text not null,                -- a user's name
  created_at text not null,
  spec text not null,
  labels text not null default '{}',
  timeout integer,                         -- seconds; null for none
  attempts integer not null default 1,
  runs integer,                            -- seconds that it would run; null: until it is cancelled
  exit_code integer not null default 0,
  canceled_at text,
  initiator text                           -- JSON, where it was no person
) strict;

create index jobs_by_namespace on jobs (namespace, created_at desc, id desc);

-- Webhooks of users: each has an address or the spec of a job (JSON).
create table webhooks (
  id text primary key,
  user_id text not null references users (id) on delete cascade,
  url text,
  job_source text,
  job text,
  job_namespace text,
  disabled integer not null default 0,
  watched text not null,                   -- JSON, as it is shown
  domains text not null,                   -- JSON
  secret text,
  last_trigger_at text
) strict;

create index webhooks_by_user on webhooks (user_id);

-- Events not yet delivered to webhooks; emptied after each request.
create table hook_events (
  id integer primary key,
  scope text not null,
  action text not null,
  repo text not null,                      -- JSON: what identifies it, even after it is deleted
  discussion text,                         -- ids, where it happened in a discussion
  comment text
) strict;

-- Deliveries: what was sent, or why not; never a secret.
create table hook_deliveries (
  id text primary key,
  webhook text not null references webhooks (id) on delete cascade,
  created_at text not null,
  scope text not null,
  outcome text not null,
  payload text not null                    -- JSON
) strict;

create trigger hooks_of_new_repos after insert on repos begin
  insert into hook_events (scope, action, repo) values ('repo', 'create', json_object('key', new.key, '_id', new._id,
    'type', new.type, 'id', new.id, 'private', new.visibility = 'private', 'sha', new.sha));
end;

create trigger hooks_of_deleted_repos after delete on repos begin
  insert into hook_events (scope, action, repo) values ('repo', 'delete', json_object('key', old.key, '_id', old._id,
    'type', old.type, 'id', old.id, 'private', old.visibility = 'private', 'sha', old.sha));
end;

create trigger hooks_of_content after update of sha on repos when new.sha <> old.sha begin
  insert into hook_events (scope, action, repo) values ('repo.content', 'update', json_object('key', new.key, '_id',
    new._id, 'type', new.type, 'id', new.id, 'private', new.visibility = 'private', 'sha', new.sha));
end;

create trigger hooks_of_settings after update of visibility, gated on repos
when new.visibility <> old.visibility or new.gated is not old.gated begin
  insert into hook_events (scope, action, repo) values ('repo.config', 'update', json_object('key', new.key, '_id',
    new._id, 'type', new.type, 'id', new.id, 'private', new.visibility = 'private', 'sha', new.sha));
end;

create trigger hooks_of_discussions after insert on discussions begin
  insert into hook_events (scope, action, repo, discussion)
  select 'discussion', 'create', json_object('key', key, '_id', _id, 'type', type, 'id', id, 'private',
    visibility = 'private', 'sha', sha), new.id from repos where key = new.repo;
end;

create trigger hooks_of_changed_discussions after update of status, title on discussions begin
  insert into hook_events (scope, action, repo, discussion)
  select 'discussion', 'update', json_object('key', key, '_id', _id, 'type', type, 'id', id, 'private',
    visibility = 'private', 'sha', sha), new.id from repos where key = new.repo;
end;

create trigger hooks_of_comments after insert on discussion_events when new.type = 'comment' begin
  insert into hook_events (scope, action, repo, discussion, comment)
  select 'discussion.comment', 'create', json_object('key', r.key, '_id', r._id, 'type', r.type, 'id', r.id,
    'private', r.visibility = 'private', 'sha', r.sha), d.id, new.id
  from discussions d join repos r on r.key = d.repo where d.id = new.discussion;
end;

-- Scheduled jobs; everything due up to `looked_at` has been started.
create table scheduled_jobs (
  id text primary key,
  namespace text not null collate nocase,
  created_by text not null,
  created_at text not null,
  looked_at text not null,
  spec text not null,                      -- JSON, labels included
  schedule text not null,
  suspend integer not null default 0,
  concurrency integer not null default 0,
  last_job text,
  last_at text
) strict;

create index scheduled_jobs_by_namespace on scheduled_jobs (namespace, id desc);

-- Who is notified of which discussion; triggers derive this from its events.
create table notifications (
  user_id text not null references users (id) on delete cascade,
  discussion text not null references discussions (id) on delete cascade,
  updated_at text not null,
  read integer not null default 0,
  participating integer not null default 0,
  primary key (user_id, discussion)
) strict, without rowid;

create table watches (
  user_id text not null references users (id) on delete cascade,
  type text not null check (type in ('org', 'user', 'repo')),
  id text not null,
  primary key (user_id, type, id)
) strict, without rowid;

-- What users turned on or off; anything not here is on.
create table notification_settings (
  user_id text not null references users (id) on delete cascade,
  name text not null,
  value text not null,                     -- JSON
  primary key (user_id, name)
) strict, without rowid;

create trigger notifications_of_events after insert on discussion_events begin
  insert or replace into notifications (user_id, discussion, updated_at, read, participating)
  select u.id, new.discussion, new.created_at, 0,
    exists (select 1 from discussion_events e where e.discussion = new.discussion and e.author = u.name)
  from users u where u.name <> new.author and u.id in (
    select s.id from discussion_events e join users s on s.name = e.author where e.discussion = new.discussion
    union select o.id from discussions d join repos r on r.key = d.repo join users o on o.name = r.namespace
      where d.id = new.discussion
    union select w.user_id from watches w join discussions d on d.id = new.discussion
      join repos r on r.key = d.repo
      left join users a on a.name = r.namespace left join orgs g on g.name = r.namespace
      where w.id in (r._id, a.id, g.id)
  ) and not exists (
    select 1 from notification_settings n where n.user_id = u.id and n.value = 'false' and n.name =
      case when exists (
        select 1 from discussion_events e where e.discussion = new.discussion and e.author = u.name
      ) then 'web_discussions_participating' else 'web_discussions_watched' end
  );
end;
