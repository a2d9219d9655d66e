// What the server says in English sentences, in the language of the page. A sentence that is not known stays as it is.
import { language, nameOf, t } from "./words.js";

/** Sentences with gaps, in Chinese; what stands in a gap is told as well. In English they stay as they are. */
const SENTENCES = [
  ["no daemon: the broker at (.+) cannot be reached .*", "连不上 {1} 的消息服务（broker）"],
  ["no daemon called (.+) answered within (.+) s", "名为 {1} 的机器人在 {2} 秒内没有应答"],
  ["no daemon is running: .*", "机器人没有在运行"],
  ["no answer within (.+) s; the bot may be ending", "{1} 秒内没有应答；机器人可能正在结束"],
  ["the daemon ends", "机器人正在结束"],
  ["(.+), and walking home (.+) times did not help", "{1}，走回主界面 {2} 次也没有用"],
  ["(.+), and tapping (.+) had no effect", "{1}，点击 {2} 没有效果"],
  ["loading took more than (.+) s", "加载超过 {1} 秒"],
  ["stage (.+) was tapped without effect", "点了关卡 {1} 没有反应"],
  ["(.+) was tapped (.+) times without effect", "{1}：点了 {2} 次没有反应"],
  ["no known screen after (.+) steps towards home", "往主界面走了 {1} 步，仍然没有认出画面"],
  ["stage (.+) is not on the map that is open; .*", "打开的地图上没有关卡 {1}；请手动打开一次，或更改 play.stage"],
  ["the fault has lasted for (.+) minutes: (.+)", "故障已持续 {1} 分钟：{2}"],
  ["all battles asked for were played", "要求的战斗都打完了"],
  ["the bot is about to stop", "机器人即将停止"],
  ["another change was asked for before this one was made", "在此之前又要求了别的更改"],
  ["no frame was seen yet", "还没有看到画面"],
  ["log in first", "请先登录"],
  ["that is not the password", "密码不对"],
  ["too many passwords were tried; wait a moment", "尝试密码的次数太多；请稍等"],
  ["too many of these; wait a moment", "这种请求太多；请稍等"],
  ["(.+) requests wait for their answer; .*", "有 {1} 个请求还在等待应答；请等其中一个完成"],
  ["another search is running; stop it, or wait for its end", "另一个搜索正在进行；请停止它或等它结束"],
  ["there is no plan yet", "还没有方案"],
  ["there is no stage '(.+?)'.*", "没有关卡 {1}"],
  ["there is no trace (.+); it may have been deleted to make room", "没有录像 {1}；可能已被清理"],
  ["squad: the default one.*", "使用默认队伍"],
  ["compiling the rules of the battle.*", "正在编译战斗规则，每个版本只需一次，要几分钟"],
  ["(.+) of (.+) s  (.+) battles  best so far: (.+)", "{1}/{2} 秒，{3} 场战斗，目前最好：{4}"],
  ["holds in (.+) of (.+) rounds of trials", "{2} 轮试验中守住 {1} 轮"],
  ["costs (.+) life a battle", "每场损失 {1} 点生命"],
  ["trying who could stand in for whom", "正在试谁可以代替谁"],
].map(([english, chinese]) => [new RegExp(`^${english}$`, "i"), chinese]);

/** A sentence of the server; a word of the machine, such as a trigger or a screen; or an operator's name. */
export function told(text) {
  const said = String(text ?? "");
  for (const [pattern, chinese] of language() === "zh" ? SENTENCES : []) {
    const gaps = pattern.exec(said);
    if (gaps) return chinese.replace(/\{(\d)\}/g, (_, number) => told(gaps[number]));
  }
  return t(`said_${said}`, nameOf(said));
}

/** An action as the server words it: wait, deploy NAME at row R, column C facing D, skill NAME, retreat NAME. */
export function toldAction(text) {
  const [, deployed, row, col, direction] = /^deploy (.+) at row (\d+), column (\d+) facing (\w+)$/.exec(text) ?? [];
  if (deployed) return stepWords({ kind: "Deploy", name: deployed, tile: [row, col], direction });
  const [, kind, name] = /^(skill|retreat) (.+)$/.exec(text) ?? [];
  return kind ? stepWords({ kind: kind === "skill" ? "Skill" : "Retreat", name }) : t(`said_${text}`, text);
}

/** A step of a plan in words. */
export function stepWords(step) {
  const tile = step.tile ? t("at_tile", null, { row: step.tile[0], col: step.tile[1] }) : "";
  const values = { name: step.name ? nameOf(step.name) : tile, tile, facing: step.direction ? t(`facing_${step.direction}`) : "" };
  const when = [step.kills ? `${step.kills} ${t("kills")}` : "", step.costs ? `${step.costs} ${t("dp")}` : ""].filter(Boolean).join(", ");
  return `${t(`step_${step.kind}`, `${step.kind} ${values.name}`, values)}${when ? ` (${when})` : ""}`;
}
