/* Swagger UI with this site's OpenAPI document and CSRF token. */

import { readCookie } from "../../authcompare/js/cookie.js";
import { t } from "../../authcompare/js/render.js";

const page = document.documentElement;
const place = document.getElementById("swagger-ui");

/* Swagger UI has a class for its dark theme; this site uses the preference cookie or the system's setting. */
const system = matchMedia("(prefers-color-scheme: dark)");
const drawTheme = () => {
  const { theme } = page.dataset;
  page.classList.toggle("dark-mode", theme === "dark" || (theme === "auto" && system.matches));
};
system.addEventListener("change", drawTheme);
drawTheme();

/* Its usual layout without the title and the landmark, which this page already has. */
const Layout = ({ React }) => ({
  components: {
    Layout({ getComponent, specSelectors }) {
      const h = React.createElement;
      const part = (name, container = true) => h(getComponent(name, container));
      const state = specSelectors.loadingStatus();
      const head = [part("SvgAssets", false), part("errors")];
      if (state !== "success") {
        const failed = t("The document cannot be loaded. Reload the page.");
        const words = state === "failed" ? failed : t("Loading the document…");
        return h("div", { className: "swagger-ui" }, ...head, h("p", { role: "status" }, words));
      }
      const endpoints = h("h2", { className: "visually-hidden" }, t("Endpoints"));
      head.push(part("InfoContainer"), part("AuthorizeBtnContainer"));
      return h("div", { className: "swagger-ui" }, ...head, endpoints, part("operations"), part("Models"));
    },
  },
});

window.SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  presets: [window.SwaggerUIBundle.presets.apis],
  plugins: [Layout],
  layout: "Layout",
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  validatorUrl: null, // sends no request to other servers
  requestInterceptor(request) {
    // Read at sending time, because a sign-in changes it. A token that the visitor typed stays.
    if (!request.loadSpec && !["GET", "HEAD"].includes(request.method)) {
      request.headers["X-CSRFToken"] ??= readCookie(page.dataset.csrf) ?? "";
    }
    return request;
  },
});
