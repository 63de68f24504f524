/**
 * Tells by its name whether a column holds secrets. A name counts as secret where one of its words is one of `SECRET`,
 * unless a word before or after says that it is only about one: `token_count`, `password_changed_at`. Values are never
 * looked at. The rule in words: docs/operating.md
 */
import { snakeOf } from "./name.ts";

const SECRET =
  /(?:^|_)(?:passwords?|passwd|passphrase|passcode|pwd|secrets?|token|(?:access|refresh|auth|api|session|bearer|id)_tokens|api_?keys?|(?:access|private|secret|signing|encryption|ssh|master|auth|session|license)_?keys?|credentials?|creds?|authorization|bearer|cookies?|jwt|otp|totp|salt|cvv|cvc|ssn|pin_code)(?:\d*)(?:_|$)|_pass$/;

/** Long words that stand for themselves, also within another: `userpassword`, `authtoken`. */
const SECRET_INSIDE =
  /password|passwd|passphrase|secret(?!ar)|apikey|privatekey|credential|(?:auth|access|refresh|session|csrf)token/;

/** Says something about a secret, and not the secret itself. */
const ABOUT_ONE =
  /(?:^|_)(?:is|has|num|max|min|total|prompt|completion|input|output|cached)_|_(?:counts?|at|on|date|time|ts|type|kind|name|expires|expiry|expiration|ttl|length|usage|used|limit|budget|policy|required|enabled|version|algorithm|attempts)$/;

/** Whether the values of a column with this name are masked. */
export function isSecretName(name: string): boolean {
  const snake = snakeOf(name);
  // The words that programs glue together are told apart in one of the two only.
  const isNamed =
    SECRET.test(snake) || SECRET.test(name.toLowerCase()) || SECRET_INSIDE.test(snake.replaceAll("_", ""));
  return isNamed && !ABOUT_ONE.test(snake);
}
