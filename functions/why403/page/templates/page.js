for (const button of document.querySelectorAll("button.copy")) {
  if (!navigator.clipboard) break;
  const label = button.firstChild;
  const name = label.data;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    label.data = button.dataset.done;
    setTimeout(() => { label.data = name; }, 2000);
  });
}
