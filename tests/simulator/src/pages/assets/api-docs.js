// Puts a button beside each example that copies it.
"use strict";

for (const button of document.querySelectorAll("button.copy")) {
  const example = document.getElementById(button.dataset.of);
  if (!navigator.clipboard || !example) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const words = await navigator.clipboard.writeText(example.textContent).then(
      () => "Copied",
      () => "Not copied",
    );
    button.textContent = words;
    setTimeout(() => (button.textContent = "Copy"), 2000);
  });
}
