import { describe, expect, test } from "bun:test";

import { mountedAlone, parseMounts, removedMount } from "../../../src/db/sqlite/mounts.ts";
import { fileId } from "../../../src/db/sqlite/stat.ts";

const MOUNTINFO = String.raw`27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 27 0:30 /srv/with\040space/\134and\011tab.db /data/with\040space/\134and\011tab.db rw - ext4 /dev/vda rw
31 27 0:31 / /var/lib/docker/overlay2/ab/merged rw - overlay overlay rw,lowerdir=/l
32 27 0:32 /old//deleted /gone rw shared:1 - ext4 /dev/vda rw
33 32 0:33 / /gone/inner rw - tmpfs none rw
34 27 0:34 /x//deleted /twice rw - ext4 /dev/vda rw
35 27 0:35 /y /twice rw - ext4 /dev/vda rw
`;

describe("the list of mounts", () => {
  const mounts = parseMounts(MOUNTINFO);

  test("has the places where something is mounted, with spaces and the like as they are", () => {
    expect(mounts.map(({ point }) => point)).toEqual([
      "/",
      "/data/with space/\\and\ttab.db",
      "/var/lib/docker/overlay2/ab/merged",
      "/gone",
      "/gone/inner",
      "/twice",
      "/twice",
    ]);
  });

  test("is empty where there is none", () => {
    expect(parseMounts("")).toEqual([]);
    expect(parseMounts("what is this\n")).toEqual([]);
  });

  test("tells a file that is mounted alone from one in a directory that is mounted", () => {
    const alone = "/data/with space/\\and\ttab.db";
    expect(mountedAlone(mounts, [alone, `${alone}-wal`])).toBe(alone);
    expect(mountedAlone(mounts, ["/gone/events.db", "/gone/events.db-wal"])).toBeUndefined();
  });

  test.each([
    ["/gone/events.db", "/gone"],
    ["/gone/inner/events.db", undefined],
    ["/gone-too/events.db", undefined],
    ["/events.db", undefined],
    // What was mounted last hides what was mounted there before.
    ["/twice/events.db", undefined],
  ])("says of %s that what is mounted there was removed: %s", (path, point) => {
    expect(removedMount(mounts, path)).toBe(point);
  });
});

describe("the id of a file", () => {
  test("is exact beyond 2^53", () => {
    const ino = 2n ** 63n + 3n;
    expect(fileId({ dev: 2n ** 60n + 1n, ino })).toBe("1152921504606846977:9223372036854775811");
  });
});
