-- reversible: yes
-- Every primary key and every foreign key begins with the tenant: a row cannot refer to another tenant's row, and
-- logical replication can filter on the tenant (a filter may use only columns of the replica identity).

create table users (
  organisation_id bigint not null references organisations (id) on delete cascade,
  id bigint generated always as identity,
  email text not null check (email = lower(email)),
  name text not null,
  role text not null default 'member' check (role in ('admin', 'member')),
  created_at timestamptz not null default now(),
  primary key (organisation_id, id),
  unique (organisation_id, email)
);

create table orders (
  organisation_id bigint not null references organisations (id) on delete cascade,
  id bigint generated always as identity,
  reference text not null,
  status text not null default 'open' check (status in ('open', 'paid', 'shipped', 'cancelled')),
  currency text not null default 'EUR' check (currency ~ '^[A-Z]{3}$'),
  user_id bigint,
  created_at timestamptz not null default now(),
  primary key (organisation_id, id),
  unique (organisation_id, reference),
  foreign key (organisation_id, user_id) references users (organisation_id, id) on delete set null (user_id)
);
create index orders_user on orders (organisation_id, user_id) where user_id is not null;

create table order_items (
  organisation_id bigint not null references organisations (id) on delete cascade,
  id bigint generated always as identity,
  order_id bigint not null,
  product text not null,
  quantity integer not null check (quantity > 0),
  -- In the currency's smallest unit (cents).
  unit_price bigint not null check (unit_price >= 0),
  primary key (organisation_id, id),
  foreign key (organisation_id, order_id) references orders (organisation_id, id) on delete cascade
);
create index order_items_order on order_items (organisation_id, order_id);

create table tickets (
  organisation_id bigint not null references organisations (id) on delete cascade,
  id bigint generated always as identity,
  user_id bigint,
  subject text not null,
  body text not null default '',
  status text not null default 'open' check (status in ('open', 'pending', 'closed')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organisation_id, id),
  foreign key (organisation_id, user_id) references users (organisation_id, id) on delete set null (user_id)
);
create index tickets_user on tickets (organisation_id, user_id) where user_id is not null;
