-- reversible: yes
-- More limits, and what each tenant used in each hour (UTC), for billing.

alter table organisations add column limit_requests_per_minute integer check (limit_requests_per_minute > 0);
-- What goes in and out in a calendar month.
alter table organisations add column limit_monthly_megabytes integer check (limit_monthly_megabytes > 0);

create table usage_hours (
  organisation_id bigint not null references organisations (id) on delete cascade,
  hour timestamptz not null check (hour = date_trunc('hour', hour, 'UTC')),
  requests bigint not null default 0,
  api_calls bigint not null default 0,
  bytes_in bigint not null default 0,
  bytes_out bigint not null default 0,
  -- Most of them within the hour; absent: not looked at.
  users integer,
  storage_bytes bigint,
  primary key (organisation_id, hour)
);
