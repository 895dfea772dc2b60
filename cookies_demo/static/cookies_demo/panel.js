/* What only cookies have: every cookie of this site, any cookie one may ask for, and plain beside signed. */

import "./tamper-comparison.js";
import "./editor.js";
import "./cookie-list.js";
import "./set-cookie-form.js";

document.getElementById("cookie-panel").dataset.ready = "true";
