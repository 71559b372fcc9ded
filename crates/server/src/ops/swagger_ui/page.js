"use strict";

/** The name of the program in place of Swagger's logo, which has a style that the page's policy forbids. */
const ownName = ({ React }) => ({
  components: { Logo: () => React.createElement("span", { className: "own-name" }, "Data Adapter") },
});

SwaggerUIBundle({
  dom_id: "#swagger-ui",
  urls: [/* documents */],
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  plugins: [ownName],
  layout: "StandaloneLayout",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  // Without this the page asks a server elsewhere whether the document is valid.
  validatorUrl: null,
});
