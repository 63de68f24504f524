import { describe, expect, test } from "bun:test";

import {
  canGiveTo,
  type Owned,
  ownerCanWrite,
  type ProcessUser,
  sharesCompanions,
} from "../../../src/db/sqlite/ownership.ts";

const OWNER = 1001;
const US = 1002;
const GROUP = 2000;

const user = (uid: number, gid = uid, { inheritsGroup = false, mayGive = true } = {}): ProcessUser => ({
  uid,
  gid,
  inheritsGroup,
  mayGiveTo: () => mayGive,
});
const owned = (mode: number, uid = OWNER, gid = GROUP): Owned => ({ uid, gid, mode: 0o100_000 | mode });

describe("whether the owner of a database can write to companions that we create", () => {
  const plain = owned(0o777, 0, 0);
  const setgid = owned(0o2777, 0, GROUP);
  const ofGroup = owned(0o777, 0, GROUP);
  test.each([
    ["the owner", true, owned(0o600), plain, user(OWNER)],
    ["root", true, owned(0o600), plain, user(0)],
    ["root that may not give files away", false, owned(0o600), plain, user(0, 0, { mayGive: false })],
    ["another user", false, owned(0o644), plain, user(US)],
    ["another user of its group, without write permission", false, owned(0o644), setgid, user(US, GROUP)],
    ["another user of its group", true, owned(0o664), plain, user(US, GROUP)],
    ["a setgid directory", true, owned(0o664), setgid, user(US)],
    ["a setgid directory, and a mode that leaves the group out", false, owned(0o644), setgid, user(US)],
    ["a setgid directory of another group", false, owned(0o664), owned(0o2777, 0, 1), user(US, GROUP)],
    ["a directory of the group without setgid", false, owned(0o664), ofGroup, user(US)],
    ["the same on BSD and macOS", true, owned(0o664), ofGroup, user(US, US, { inheritsGroup: true })],
    ["everybody may write", true, owned(0o666), plain, user(US)],
    ["everybody but the group may write", false, owned(0o646), plain, user(US)],
  ] as const)("%s: %s", (_who, expected, database, directory, process) => {
    expect(sharesCompanions(database, directory, process)).toBe(expected);
  });
});

describe("whether the owner of a database can write to a companion that is there", () => {
  test.each([
    ["his own", true, owned(0o644), owned(0o644, OWNER)],
    ["somebody else's", false, owned(0o644), owned(0o644, US, US)],
    ["by the group", true, owned(0o664), owned(0o664, US)],
    ["of the group, which may not write", false, owned(0o644), owned(0o644, US)],
    ["of another group", false, owned(0o664), owned(0o664, US, US)],
    ["everybody's", true, owned(0o666), owned(0o666, US, US)],
    ["root writes to everything", true, owned(0o644, 0, 0), owned(0o644, US, US)],
  ] as const)("%s: %s", (_what, expected, database, companion) => {
    expect(ownerCanWrite(database, companion)).toBe(expected);
  });
});

describe("whether root may give a file away on Linux", () => {
  const all = {
    status: "Name:\tbun\nCapEff:\t000001ffffffffff\n",
    map: "         0          0 4294967295\n",
  };
  const rights = ({ status = all.status, uidMap = all.map, gidMap = all.map } = {}) => ({
    status,
    uidMap,
    gidMap,
  });
  const rootless = "         0       1000          1\n         1     100000      65536\n";
  test.each([
    ["with every right", true, rights(), 4001],
    ["without the capability", false, rights({ status: "CapEff:\t00000000a80425fa\n" }), 4001],
    ["without any word of it", false, rights({ status: "" }), 4001],
    ["in a namespace that knows the user", true, rights({ uidMap: rootless, gidMap: rootless }), 4001],
    ["in one that does not", false, rights({ uidMap: "0 1000 1\n" }), 4001],
    ["in one that does not know the group", false, rights({ gidMap: "0 1000 1\n" }), 4001],
    ["in one where the number stands for all unknown users", false, rights({ uidMap: rootless }), 65_534],
    ["outside of one, to nobody", true, rights(), 65_534],
  ] as const)("%s: %s", (_what, expected, given, id) => {
    expect(canGiveTo(given, id, id)).toBe(expected);
  });
});
