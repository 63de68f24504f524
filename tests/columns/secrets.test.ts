import { describe, expect, test } from "bun:test";

import { isSecretName } from "../../src/columns/secrets.ts";

describe("a column is secret by its name", () => {
  test.each([
    ..."password passwd Password user_password passwordHash password_hash pwd smtp_pass userpassword".split(
      " ",
    ),
    ..."secret client_secret secret_key SecretAccessKey webhookSecret password2 password_old".split(" "),
    ..."token access_token refreshToken authtoken csrf_token session_token token_hash access_tokens".split(
      " ",
    ),
    ..."api_key apikey apiKey API_KEY private_key privatekey ssh_key encryption_key credential".split(" "),
    ..."credentials creds jwt totp cookie authorization salt cvv Api-Key passphrase".split(" "),
  ])("%s", (name) => expect(isSecretName(name)).toBe(true));
});

describe("a column is shown", () => {
  test.each([
    ..."id name key status token_count prompt_tokens max_tokens tokens total_tokens tokens_used".split(" "),
    ..."password_changed_at has_password token_type secretary secret_name passed compass bypass".split(" "),
    ..."primary_key keyboard author pass description tokenizer saltwater user_id session_id".split(" "),
  ])("%s", (name) => expect(isSecretName(name)).toBe(false));
});
