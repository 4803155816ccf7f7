// Sets the theme before the first paint, then starts the app and says so plainly when it cannot start.
(function () {
  "use strict";
  var root = document.documentElement;
  var theme = null;
  try { theme = localStorage.getItem("pilothouse:theme"); } catch (blocked) { /* Storage may be forbidden: then the system's theme. */ }
  if (theme !== "light" && theme !== "dark") {
    theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  root.dataset.theme = theme;

  function fail(error) {
    var words = document.getElementById("start-words");
    if (!words) { return; }
    words.className = "notice bad";
    words.setAttribute("role", "alert");
    words.textContent = "Pilothouse could not start. It needs a browser from 2023 or later with WebAssembly. " +
      "Load the page again; if this stays, report this: " + error;
    words.closest("#start").removeAttribute("aria-busy");
  }

  document.addEventListener("DOMContentLoaded", function () {
    var code = document.getElementById("app-code");
    var wasm = document.getElementById("app-wasm");
    import(code.href)
      .then(function (app) { return app.default({ module_or_path: wasm.href }); })
      .then(function () { document.getElementById("start").remove(); })
      .catch(fail);
  });
})();
