"use strict";

SwaggerUIBundle({
  dom_id: "#swagger-ui",
  urls: [{ name: "Web Flow 0.22", url: "data-adapter.openapi.json" }],
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  layout: "StandaloneLayout",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  // Without this the page asks a server elsewhere whether the document is valid.
  validatorUrl: null,
});
