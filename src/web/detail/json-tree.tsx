/** JSON as a tree that opens. It draws what is open, a page of members at a time. */
import { useMemo } from "preact/hooks";

import { Visible } from "../views/visible.tsx";
import { type Choices, choose, type Path, useChoice } from "./choices.ts";
import {
  countMembers,
  isContainer,
  type JsonMember,
  type JsonPosition,
  type JsonValue,
  readMembers,
  rootOf,
  textAt,
} from "./json-scan.ts";
import { LongText } from "./long-text.tsx";
import { type Ask, ValueActions } from "./value-actions.tsx";

/** More are shown on request. */
const PAGE_MEMBERS = 50;

/** What is deeper is folded until somebody opens it. */
const OPEN_DEPTH = 2;

/** No value opens by itself where that would be more rows than these: the browser draws them in a few ms. */
const OPEN_ROWS = 150;

/** In characters. A longer text is cut. */
const MAX_TEXT_LENGTH = 500;

interface TreeProps {
  readonly text: string;
  readonly column: string;
  readonly choices: Choices;
  readonly ask: Ask;
}

/** What every part of one tree needs. */
type Tree = TreeProps;

/** @param props.text JSON, an object or an array */
export function JsonTree({ text, column, choices, ask }: TreeProps) {
  const tree = useMemo(() => ({ text, column, choices, ask }), [text, column, choices, ask]);
  const root = useMemo(() => rootOf(text), [text]);
  const path = useMemo((): Path => [column], [column]);
  return (
    <div class="tree">
      <Container tree={tree} value={root} path={path} name={undefined} siblings={1} isAskable />
    </div>
  );
}

interface ValueProps {
  readonly tree: Tree;
  readonly value: JsonValue;
  readonly path: Path;
  /** Undefined for the whole. */
  readonly name: string | undefined;
  /** How many members are shown beside it, with itself. */
  readonly siblings: number;
  /** Whether the path leads to this value and no other. */
  readonly isAskable: boolean;
}

function Container({ tree, value, path, name, siblings, isAskable }: ValueProps) {
  const { text, choices } = tree;
  const total = useMemo(() => countMembers(text, value), [text, value]);
  const depth = path.length - 1;
  const opensItself = depth === 0 || (depth < OPEN_DEPTH && siblings * total <= OPEN_ROWS);
  const isOpen = useChoice(choices, "open", path, Number(opensItself)).value === 1;
  const noun = value.kind === "array" ? "item" : "member";
  return (
    <>
      <button
        type="button"
        class="twist"
        aria-expanded={isOpen}
        onClick={() => choose(choices, "open", path, Number(!isOpen))}
      >
        {name !== undefined && <Key name={name} />}
        <span class="count">
          {value.kind === "array" ? "[" : "{"} {total.toLocaleString("en")} {total === 1 ? noun : `${noun}s`}{" "}
          {value.kind === "array" ? "]" : "}"}
        </span>
      </button>
      {isOpen && total > 0 && (
        <ul class="members">
          <Members
            tree={tree}
            container={value}
            path={path}
            isAskable={isAskable}
            total={total}
            from={undefined}
          />
        </ul>
      )}
    </>
  );
}

interface MembersProps {
  readonly tree: Tree;
  readonly container: JsonValue;
  readonly path: Path;
  readonly isAskable: boolean;
  readonly total: number;
  readonly from: JsonPosition | undefined;
}

/** One page of members, and those after it. A page that is there is not drawn again when the next one comes. */
function Members({ tree, container, path, isAskable, total, from }: MembersProps) {
  const { text, choices } = tree;
  const { members, next } = useMemo(
    () => readMembers(text, container, PAGE_MEMBERS, from),
    [text, container, from],
  );
  const shown = useChoice(choices, "shown", path, PAGE_MEMBERS).value;
  const rows = useMemo(() => {
    const seen = new Set<string>();
    return members.map((member) => {
      const isFirst = member.key === undefined || !seen.has(member.key);
      if (member.key !== undefined) seen.add(member.key);
      const siblings = Math.min(total, PAGE_MEMBERS);
      return (
        <Member
          key={member.place}
          tree={tree}
          member={member}
          path={path}
          siblings={siblings}
          // The database finds the first one.
          isAskable={isAskable && isFirst}
        />
      );
    });
  }, [members, tree, path, isAskable, total]);
  if (next === undefined) return rows;
  if (next.place < shown) {
    return (
      <>
        {rows}
        <Members
          tree={tree}
          container={container}
          path={path}
          isAskable={isAskable}
          total={total}
          from={next}
        />
      </>
    );
  }
  const left = total - next.place;
  return (
    <>
      {rows}
      <li>
        <button
          type="button"
          class="show-all"
          onClick={() => choose(choices, "shown", path, next.place + PAGE_MEMBERS)}
        >
          Show {Math.min(left, PAGE_MEMBERS)} more of {left.toLocaleString("en")}
        </button>
      </li>
    </>
  );
}

interface MemberProps {
  readonly tree: Tree;
  readonly member: JsonMember;
  readonly path: Path;
  readonly siblings: number;
  readonly isAskable: boolean;
}

function Member({ tree, member: { key, place, value }, path, siblings, isAskable }: MemberProps) {
  const own = useMemo((): Path => [...path, key ?? place], [path, key, place]);
  const name = key ?? String(place);
  if (isContainer(value)) {
    return (
      <li>
        <Container
          tree={tree}
          value={value}
          path={own}
          name={name}
          siblings={siblings}
          isAskable={isAskable}
        />
      </li>
    );
  }
  return (
    <li class="scalar">
      <Scalar tree={tree} value={value} path={own} name={name} isAskable={isAskable} />
    </li>
  );
}

function Scalar({ tree, value, path, name, isAskable }: Omit<ValueProps, "siblings">) {
  const text = useMemo(() => textAt(tree.text, value), [tree.text, value]);
  const [column, ...rest] = path;
  const isNull = value.kind === "word" && text === "null";
  return (
    <>
      <span class="member-text">
        {name !== undefined && <Key name={name} />}
        <span class={`json ${value.kind}`}>
          <LongText text={text} limit={MAX_TEXT_LENGTH} quoted={value.kind === "text"} />
        </span>
      </span>
      <ValueActions
        what={[column, ...rest].join(".")}
        value={text}
        asked={isAskable ? { column, path: rest, text: isNull ? "" : text } : undefined}
        ask={tree.ask}
      />
    </>
  );
}

function Key({ name }: { readonly name: string }) {
  return (
    <span class="key">
      <Visible text={name} />
      {": "}
    </span>
  );
}
