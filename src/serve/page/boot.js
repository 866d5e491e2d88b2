// Runs before anything is drawn, so that nobody sees the page turn round. The rest is in main.js.
(() => {
  const root = document.documentElement;
  const known = ["en", "ar"];
  let remembered = null;
  try {
    remembered = localStorage.getItem("warraq-ui");
  } catch {
    // Storage may be forbidden.
  }
  const wishes = [
    new URLSearchParams(location.search).get("ui"),
    remembered,
    ...navigator.languages.map((tag) => tag.split("-")[0]),
  ];
  const ui = wishes.find((wish) => wish && known.includes(wish)) ?? "en";
  root.lang = ui;
  root.dir = ui === "ar" ? "rtl" : "ltr";
  root.classList.add("starting");
  // If the modules do not come, what there is of the page is shown anyway.
  setTimeout(() => root.classList.remove("starting"), 3000);
})();
