/** The words of a column's name, however they are joined: `createdAt`, `CREATED_AT` and `created-at` are the same. */

/** Words that programs join without a sign, as in `eventtype` and `createat`. */
const GLUED =
  /^(created?|creation|start|end|modified|modification|updated?|last|event|user|object|target|action|message|log|session|device|host|finish|finished|expire|expires|time|date|entry|item|job|task|visit|agent|actor|source|channel|group|order|account|client|server|room|thread|parent|file)(date|time|type|name|id|text|status|state|at|by|on|data|level|kind|code|class|key|value|created|modified|uuid|guid|ts|address|title|severity)$/;

/**
 * @returns the words in lower case, joined by underscores; `id` for every usual word for a key
 */
export function snakeOf(name: string): string {
  const snake = name
    // Core Data puts a Z before every name.
    .replace(/^Z(?=[A-Z]{3,}[A-Z_]*$)/, "")
    .replace(/(\p{Ll}|\d)(?=\p{Lu})/gu, "$1_")
    .replace(/(\p{Lu})(?=\p{Lu}\p{Ll})/gu, "$1_")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "_")
    .replace(/^_+|_+$/g, "");
  return snake.replace(GLUED, "$1_$2").replace(/_(?:row_?id|uuid|guid|uid)$/, "_id");
}
