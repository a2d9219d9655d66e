// The login: sends the password, and goes to the page once it is right.
import { post } from "./page.js";
import { told } from "./told.js";
import { t } from "./words.js";

for (const place of document.querySelectorAll("[data-word]")) place.textContent = t(place.dataset.word);
document.documentElement.lang = t("lang");
document.getElementById("login").addEventListener("submit", async (event) => {
  event.preventDefault();
  const field = document.getElementById("password");
  const answer = await post("/login", { password: field.value });
  if (answer.step === "done") location.href = "/";
  else document.getElementById("said").textContent = told(answer.why);
  field.value = "";
});
