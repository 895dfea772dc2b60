/* ESLint for the static files and the Node fragments. `.ci/lint-js` runs it. */

import js from "@eslint/js";
import stylistic from "@stylistic/eslint-plugin";
import globals from "globals";

export default [
  { ignores: [".venv/", "var/", "node_modules/"] },
  js.configs.recommended,
  {
    languageOptions: { sourceType: "module" },
    plugins: { "@stylistic": stylistic },
    rules: {
      eqeqeq: "error",
      "no-implicit-globals": "error",
      "no-shadow": "error",
      "no-var": "error",
      "prefer-const": "error",
      "@stylistic/max-len": ["error", { code: 120 }],
      "@stylistic/no-trailing-spaces": "error",
      "@stylistic/quotes": ["error", "double", { avoidEscape: true }],
      "@stylistic/semi": "error",
    },
  },
  { ignores: ["tests/node/**"], languageOptions: { globals: globals.browser } },
  { files: ["tests/node/**"], languageOptions: { globals: globals.node } },
  {
    files: ["tests/node/fragments/missing-next.mjs"],
    rules: { "no-unused-vars": ["error", { argsIgnorePattern: "^next$" }] }, // the unused `next` is the fault shown
  },
];
