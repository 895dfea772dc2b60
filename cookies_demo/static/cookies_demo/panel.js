/* The cookie mechanism's part of its page: cookie list, own cookies, editor, and plain against signed. */

import "./tamper-comparison.js";
import "./editor.js";
import "./cookie-list.js";
import "./set-cookie-form.js";

document.getElementById("cookie-panel").dataset.ready = "true";
