/* What only cookies have: every cookie of this site, any cookie one may ask for, and plain beside signed. */

import "./beside.js";
import "./editor.js";
import "./jar.js";
import "./try.js";

document.getElementById("cookie-panel").dataset.ready = "true";
