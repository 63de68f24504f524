/** What keeps a table of PostgreSQL from being followed, in words for an operator. */
import type { TailState } from "../../../events.ts";
import { messageOf } from "../../../message-of.ts";
import { type Address, withoutPassword } from "../address.ts";
import { ServerSilentError } from "./client.ts";
import { NoKeyError, RepeatedIdError, StandbyError, TableMissingError } from "./table-errors.ts";

export interface PostgresProblem {
  readonly state: TailState;
  readonly problem: string;
  readonly advice: string;
  /** As in `Problem`. */
  readonly outlook?: string;
}

export interface Followed {
  readonly url: string;
  readonly address: Address;
  readonly table: string;
}

/** Codes of the server. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const NOT_READY = ["57P03", "57P01", "57P02", "57P05", "08000", "08003", "08006", "25P03"];
const TOO_MANY_CONNECTIONS = "53300";
const NO_LOGIN = ["28000", "28P01"];
const NO_DATABASE = "3D000";
const NO_PRIVILEGE = "42501";
const NO_TABLE = ["42P01", "3F000"];
const LOCKED = "55P03";
const OUT_OF_TIME = "57014";
/** The table was altered between two statements. */
const ALTERED = ["42703", "0A000", "42804", "XX000"];

/** How Bun.SQL names what goes wrong before the server says anything. */
const CONNECTION = /^ERR_POSTGRES_(?:CONNECTION|IDLE|LIFETIME|TLS)/;

/** The code of the server, or of Bun.SQL. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Bun.SQL.PostgresError)) return "";
  return error.code === "ERR_POSTGRES_SERVER_ERROR" ? (error.errno ?? "") : error.code;
}

/** Whether the table is another one than was found, so that it has to be looked at anew. */
export function isAltered(error: unknown): boolean {
  const code = codeOf(error);
  return ALTERED.includes(code) || NO_TABLE.includes(code) || code === NO_PRIVILEGE;
}

/** Whether somebody holds the table, so that nobody can read it: nothing is wrong with the connection. */
export function isLocked(error: unknown): boolean {
  return codeOf(error) === LOCKED;
}

export function explain(error: unknown, followed: Followed): PostgresProblem {
  return explainTable(error, followed) ?? explainServer(error, followed);
}

function explainTable(error: unknown, { address, table }: Followed): PostgresProblem | undefined {
  const quoted = JSON.stringify(table);
  const code = codeOf(error);
  if (error instanceof TableMissingError || NO_TABLE.includes(code)) {
    return {
      state: "waiting-for-table",
      problem: `The database ${JSON.stringify(address.database)} has no table ${quoted} that the role ${JSON.stringify(address.role)} can see.`,
      outlook: "Tailboard waits for it.",
      advice: `Create it, name another one with --table, or write its schema before its name: --table other.events`,
    };
  }
  if (code === NO_PRIVILEGE) {
    return {
      state: "error",
      problem: `The role ${JSON.stringify(address.role)} may not read the table ${quoted}.`,
      advice: `SELECT is enough: as the owner of the table run GRANT SELECT ON ${quoted} TO "${address.role}"; and, where it is in a schema of its own, GRANT USAGE on that schema.`,
    };
  }
  if (error instanceof NoKeyError) {
    const isTable = error.relkind === "r" || error.relkind === "p";
    return {
      state: "error",
      problem: isTable
        ? `The table ${quoted} has no integer key that grows, so that the order of its rows is not known.`
        : `${quoted} is not a table, and only tables and partitioned tables are followed in PostgreSQL.`,
      advice: isTable
        ? `Add one: ALTER TABLE ${quoted} ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY`
        : "Name the table with the rows with --table.",
    };
  }
  if (error instanceof RepeatedIdError) {
    return {
      state: "error",
      problem: `More than one row of the table ${quoted} has the id ${error.id}, so that rows can't be told apart.`,
      advice: "Make the key unique: ALTER TABLE … ADD PRIMARY KEY (id)",
    };
  }
  if (code === LOCKED) {
    return {
      state: "locked",
      problem: `A transaction holds the table ${quoted}, so that nobody can read it.`,
      advice:
        "ALTER TABLE, TRUNCATE, VACUUM FULL and LOCK TABLE hold a table like that: SELECT * FROM pg_locks WHERE mode = 'AccessExclusiveLock' shows who does.",
      outlook: "Nothing is lost: Tailboard goes on when it ends.",
    };
  }
  return undefined;
}

function explainServer(error: unknown, { url, address, table }: Followed): PostgresProblem {
  const code = codeOf(error);
  const role = JSON.stringify(address.role);
  const waiting = (problem: string, advice: string): PostgresProblem => ({
    state: "waiting-for-server",
    problem,
    advice,
    outlook: "Tailboard tries again, and goes on where it was.",
  });
  if (error instanceof StandbyError) {
    return {
      state: "error",
      problem: `The server at ${address.host} is a hot standby, which does not know who writes on the primary: rows would be lost.`,
      advice: "Follow the primary: name its host in the URL.",
      outlook: "When this server is promoted, Tailboard begins by itself.",
    };
  }
  if (error instanceof ServerSilentError) {
    return waiting(
      `The server at ${address.host} does not answer: ${error.message}.`,
      `Look at the network between the two, and whether the key of ${JSON.stringify(table)} has an index.`,
    );
  }
  if (
    NO_LOGIN.includes(code) ||
    code.startsWith("ERR_POSTGRES_PASSWORD") ||
    /SASL|AUTHENTICATION/.test(code)
  ) {
    return {
      state: "error",
      problem: `The server at ${address.host} does not let the role ${role} in.`,
      advice: "Look at the role and the password in the URL, and at pg_hba.conf on the server.",
      outlook: "Tailboard tries again now and then.",
    };
  }
  if (code === NO_DATABASE) {
    return {
      state: "waiting-for-table",
      problem: `The server at ${address.host} has no database ${JSON.stringify(address.database)}.`,
      advice: "Create it, or name another one in the URL.",
      outlook: "Tailboard tries again now and then.",
    };
  }
  if (code === TOO_MANY_CONNECTIONS) {
    return waiting(
      `The server at ${address.host} has no connection left.`,
      "Raise max_connections, or find out who holds so many: SELECT * FROM pg_stat_activity.",
    );
  }
  if (NOT_READY.includes(code)) {
    return waiting(
      `The server at ${address.host} starts, stops, or ends connections.`,
      "Nothing is to be done.",
    );
  }
  if (code === OUT_OF_TIME) {
    return waiting(
      `A question about the table ${JSON.stringify(table)} took too long.`,
      "Look at the load of the server, and whether the key of the table has an index.",
    );
  }
  if (CONNECTION.test(code)) {
    return waiting(
      `The server at ${address.host} can't be reached.`,
      "Start it, or look at the host and the port in the URL, and at listen_addresses on the server.",
    );
  }
  return {
    state: "error",
    problem: `The table can't be followed: ${withoutPassword(messageOf(error), url)}`,
    advice: "Tailboard tries again now and then.",
  };
}
