/** JSON as it is written in the description of the API. */

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [name: string]: Json;
}

/** Refers to a part of the document that several places share. */
export function ref(kind: "schemas" | "parameters" | "responses" | "headers", name: string): JsonObject {
  return { $ref: `#/components/${kind}/${name}` };
}

/** An object with these members and no other. All are required, except those that are named. */
export function closedObject(
  description: string,
  properties: JsonObject,
  optional: readonly string[] = [],
): JsonObject {
  return {
    type: "object",
    description,
    properties,
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
    additionalProperties: false,
  };
}

export function arrayOf(items: JsonObject, description: string): JsonObject {
  return { type: "array", description, items };
}

export function orNull(schema: JsonObject, description: string): JsonObject {
  return { description, anyOf: [schema, { type: "null" }] };
}
