/* Swagger UI, on the OpenAPI document of this site and with its own CSRF token. */

import { readCookie } from "../../authcompare/js/cookie.js";
import { t } from "../../authcompare/js/render.js";

const page = document.documentElement;
const place = document.getElementById("swagger-ui");

/* It knows light and dark by a class; this site by the preference cookie, or by what the system prefers. */
const system = matchMedia("(prefers-color-scheme: dark)");
const drawTheme = () => {
  const { theme } = page.dataset;
  page.classList.toggle("dark-mode", theme === "dark" || (theme === "auto" && system.matches));
};
system.addEventListener("change", drawTheme);
drawTheme();

/* The parts of its usual layout, without the title and the landmark that this page has already. */
const Layout = ({ React }) => ({
  components: {
    Layout({ getComponent, specSelectors }) {
      const h = React.createElement;
      const part = (name, container = true) => h(getComponent(name, container));
      const state = specSelectors.loadingStatus();
      const head = [part("SvgAssets", false), part("errors")];
      if (state !== "success") {
        const words = state === "failed" ? t("The document could not be read.") : t("Reading the document…");
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
  validatorUrl: null, // nothing is asked of other servers
  requestInterceptor(request) {
    // Read when it is sent, since a sign-in changes it; one that was typed in stays.
    if (!request.loadSpec && !["GET", "HEAD"].includes(request.method)) {
      request.headers["X-CSRFToken"] ??= readCookie(page.dataset.csrf) ?? "";
    }
    return request;
  },
});
