/** The description of the API, read by a validator that knows nothing of how it is made. */
import addFormats from "ajv-formats";
import Ajv2020, { type ValidateFunction } from "ajv/dist/2020.js";

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema: object;
  readonly example: string | number;
}

interface MediaType {
  readonly schema: object;
  /** By the name of an event of a stream. */
  readonly "x-events"?: Readonly<Record<string, object>>;
  /** Of each line. */
  readonly "x-line"?: object;
}

interface Answer {
  readonly headers?: Readonly<Record<string, object>>;
  readonly content: Readonly<Record<string, MediaType>>;
}

interface Referring {
  readonly $ref?: string;
}

interface Operation {
  readonly parameters?: readonly (Parameter & Referring)[];
  readonly responses: Readonly<Record<string, Answer & Referring>>;
}

export interface OpenApi {
  readonly openapi: string;
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, { readonly get: Operation }>>;
  readonly components: {
    readonly parameters: Readonly<Record<string, Parameter>>;
    readonly responses: Readonly<Record<string, Answer>>;
    readonly schemas: Readonly<Record<string, object>>;
  };
}

/** Under which names the validator has the schemas of the document. */
const named = (text: string): string => text.replaceAll('"#/components/schemas/', '"schema:');

export class Description {
  readonly document: OpenApi;
  readonly #ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });

  constructor(document: OpenApi) {
    this.document = document;
    addFormats(this.#ajv);
    for (const [name, schema] of Object.entries(document.components.schemas))
      this.#ajv.addSchema(JSON.parse(named(JSON.stringify(schema))), `schema:${name}`);
  }

  get paths(): string[] {
    return Object.keys(this.document.paths);
  }

  parametersOf(path: string): Parameter[] {
    const { parameters = [] } = this.#operation(path);
    return parameters.map(({ $ref, ...own }) => {
      if ($ref === undefined) return own;
      const shared = this.document.components.parameters[lastName($ref)];
      if (shared === undefined) throw new Error(`there is no ${$ref}`);
      return shared;
    });
  }

  /** The parameters that a URL may have. */
  queryParametersOf(path: string): Parameter[] {
    return this.parametersOf(path).filter((parameter) => parameter.in === "query");
  }

  /** What is wrong with an answer, by the description; empty where nothing is. Reads the body. */
  async mistakesOf(path: string, response: Response): Promise<string[]> {
    const { status } = response;
    const answer = this.#answer(path, status);
    const type = (response.headers.get("content-type") ?? "none").replace(/;.*/, "");
    const medium = answer.content[type];
    if (medium === undefined) return [`${status} comes as ${type}`];
    const missing = Object.keys(answer.headers ?? {})
      .filter((name) => !response.headers.has(name) && (name !== "Allow" || status === 405))
      .map((name) => `${status} comes without ${name}`);
    const body = await response.text();
    if (type.endsWith("json") && type !== "application/x-ndjson")
      return [...missing, ...this.mistakesOfValue(medium.schema, JSON.parse(body))];
    const line = medium["x-line"];
    const lines = line === undefined ? [] : body.split("\n").filter((text) => text !== "");
    return [...missing, ...lines.flatMap((text) => this.mistakesOfValue(line ?? {}, JSON.parse(text)))];
  }

  /** By the name of an event: what its data is. */
  streamEvents(path: string): Readonly<Record<string, object>> {
    return this.#answer(path, 200).content["text/event-stream"]?.["x-events"] ?? {};
  }

  mistakesOfValue(schema: object, value: unknown): string[] {
    const validate = this.#compile(schema);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  }

  #compile(schema: object): ValidateFunction {
    return this.#ajv.compile(JSON.parse(named(JSON.stringify(schema))));
  }

  #operation(path: string): Operation {
    const operation = this.document.paths[path]?.get;
    if (operation === undefined) throw new Error(`${path} is not described`);
    return operation;
  }

  #answer(path: string, status: number): Answer {
    const { responses } = this.#operation(path);
    const answer = responses[String(status)] ?? responses["default"];
    if (answer === undefined) throw new Error(`${status} of ${path} is not described`);
    const shared =
      answer.$ref === undefined ? undefined : this.document.components.responses[lastName(answer.$ref)];
    return shared ?? answer;
  }
}

function lastName(reference: string): string {
  return reference.slice(reference.lastIndexOf("/") + 1);
}
