// What the server says in English sentences, values and codes, in the language of the page. What is not known stays as it is.
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
  ["started", "刚开始运行"],
  ["stopped by (.+)", "被{1}停止"],
  ["the account is in use on another device, .*", "账号在别的设备上登录，机器人被挤下线；请停用其中一个，然后：holdfast resume（一小时内机器人会自己再登录）"],
  ["the game does not get past its title page; .*", "游戏过不了标题页；请手动进入"],
  ["the login page does not let the bot in; .*", "登录页进不去；请手动登录"],
  ["the session has expired; .*", "登录已过期；请在游戏里输入密码"],
  ["the game wants an update .*", "游戏要求更新而自己没有更新；请更新游戏"],
  ["the servers are under maintenance; .*", "服务器维护中；维护结束后机器人会继续"],
  ["(capture|detector|learner|policy|hands|broker|trace): (.+)", "{1}：{2}"],
  ["no frame could be had and looked at within (.+) s", "{1} 秒内没有得到并看完一帧画面"],
  ["no decision within (.+) s: .*", "{1} 秒内没有作出决策：当作等待，直到作出下一个决策"],
  ["the gate is shut", "操作已松开"],
  ["decided", "按决策"],
  ["no effect was seen", "没有看到效果"],
  ["the game stands still", "游戏停住了"],
  ["something is still selected", "还有东西被选中"],
  ["play at (.+)x", "切到 {1} 倍速"],
  ["ask whose card this is", "查看这是谁的卡牌"],
  ["pause the game", "暂停游戏"],
  ["get past the (.+) page", "离开{1}"],
  ["close what covers the screen", "关闭挡住画面的窗口"],
  ["close a pop-up", "关闭弹窗"],
  ["connect again", "重新连接"],
  ["walk home", "走回主界面"],
  ["go and choose a stage", "去选关卡"],
  ["go home after the last battle", "最后一场打完，回主界面"],
  ["the result cannot be read", "看不清结算"],
  ["leave the result page", "离开结算页"],
  ["open the map of the last stage", "打开上次关卡的地图"],
  ["open stage (.+)", "打开关卡 {1}"],
  ["look for stage (.+)", "寻找关卡 {1}"],
  ["this is not stage (.+)", "这不是关卡 {1}"],
  ["choose the squad", "去编队"],
  ["begin the battle", "开始战斗"],
  ["paused", "已暂停"],
  ["resumed", "已继续"],
  ["stopping", "正在停止"],
  ["playing the plan in varied battles, .*", "正在用方案打不同的战斗，作为学习的示范"],
  ["playing at speed (.+)", "速度 {1}"],
  ["playing (.+)", "正在打 {1}"],
  ["paused since (.+) \\((.+)\\), before this start; .*", "这次启动之前就已暂停（{1}，{2}）；继续：holdfast resume"],
  ["(.+); playing on, a restart will not know it", "{1}；继续打，重启后不会记得"],
  ["(.+); playing on without (them|a trace)", "{1}；不保留，继续打"],
  ["(.+): is damaged \\((.+)\\); moved aside as (.+), beginning without it", "{1} 已损坏（{2}）；改名为 {3}，从头开始"],
  ["the learner did not end within (.+) s", "学习部件 {1} 秒内没有结束"],
  ["did not end within (.+) s; .*", "{1} 秒内没有结束；不再等它"],
  ["mean Q is (.+) where no return exceeds (.+): .*", "平均 Q 值 {1}，而回报不会超过 {2}：学习发散了"],
  ["cannot be written: (.+)", "无法写入：{1}"],
  ["(.+): cannot be written \\((.+)\\)", "{1}：无法写入（{2}）"],
  ["not compressed: (.+)", "没有压缩：{1}"],
  ["(.+)\\. Choose another \\[web\\] port", "{1}。请换一个 [web] port"],
  ["cannot listen on (.+) \\((.+)\\); .*", "无法在 {1} 上提供网页（{2}）；没有网页也继续打"],
  ["a part of the client area is out of sight", "游戏画面有一部分在屏幕外"],
  ["the (client area|window) moved during the gesture", "操作时窗口移动了"],
  ["paused by a person: .*", "有人移动了鼠标，因此暂停（[control] yield_to_mouse）"],
  ["the display has not answered (?:for|the mouse for) (.+) s.*", "显示器 {1} 秒没有应答"],
  ["the display is gone: (.+)", "显示器不见了：{1}"],
  ["cannot read the screen at (.+?): (.+)", "读不到屏幕 {1}：{2}"],
  ["windows cannot be found: (.+)", "找不到窗口：{1}"],
  ["no mouse to move: (.+)", "没有可移动的鼠标：{1}"],
  ["DISPLAY is not set; .*", "没有设置 DISPLAY；请在 X11 桌面里启动 Holdfast"],
  ["the device's picture is now (.+?)(?:, and was .+)?; .*", "设备画面的大小变成 {1}；请改回去或重新启动"],
  ["the device shows a picture of portrait size, (.+); .*", "设备显示竖屏画面 {1}；请转为横屏，或打开游戏"],
  ["the device cannot make the touch (.+)", "设备无法完成触摸 {1}"],
  ["the device refuses touches over adb; (.+)", "设备不接受 adb 的触摸；{1}"],
  ["the touch may be lost: (.+)", "触摸可能丢失：{1}"],
  ["the device has closed its shell", "设备关闭了 adb 会话"],
  ["the device does not answer over adb: (.+)", "设备没有通过 adb 应答：{1}"],
  ["the device gives no screenshot: (.+)", "设备没有给出截图：{1}"],
  ["the device's (?:raw |compressed |PNG )?screenshot (?:ends|is damaged|cannot be read).*", "设备的截图不完整或已损坏"],
  ["the device (.+) is (.+?): (.+)", "设备 {1} 的状态是 {2}：{3}"],
  ["the adb server (?:cannot be started|does not answer|does not start).*", "adb 服务没有应答或无法启动"],
  ["adb lists no device; (.+)", "adb 没有找到设备；{1}"],
  ["adb lists several devices: (.+); .*", "adb 找到多台设备：{1}；请用 [screen] serial 指定一台"],
  ["adb does not list the device (.+); it lists: (.+); .*", "adb 没有找到设备 {1}，只有：{2}；见 [screen] serial"],
  ["adb: (.+)", "adb 出错：{1}"],
  ["(.+) does not answer over adb: (.+)", "{1} 没有通过 adb 应答：{2}"],
  ["there is none for this stage and squad; .*", "这一关和这支队伍没有方案；由网络决策"],
  ["none wins (.+) with this squad; .*", "没有找到用这支队伍打赢 {1} 的方案；由网络自己打"],
  ["(.+): allows none of your operators", "{1}：你的干员都不能上场"],
  ["(.+): no plan was found that stops anything; .*", "{1}：没有找到有用的方案；请加长时间，或换干员"],
  ["compiling the rules of the game .*", "正在编译游戏规则（只需一次）"],
  ["loading the detector .*", "正在载入识别模型和文字模型"],
  ["loading what was learned so far", "正在载入学到的内容"],
  ["planning (.+), for (.+) s at most", "正在为 {1} 找方案，最多 {2} 秒"],
  ["planning: (.+) battles, the best plan holds in (.+) of (.+) rounds of trials", "正在找方案：{1} 场战斗，最好的方案在 {3} 轮试验中守住 {2} 轮"],
  ["to be trusted: .*", "可信：全部都有规则"],
  ["partly to be trusted: .*", "部分可信（在关卡页找方案会列出原因）"],
  ["not to be trusted: .*", "不可信（在关卡页找方案会列出原因）"],
  // What is said of enemies and operators that are not wholly played, where it is not in a table of ours.
  ["level (\\d+)", "等级 {1}"],
  ["the level changes its abilities", "关卡改变了它的能力"],
  ["said of it: has several forms", "有多个形态"],
  ["said of it: (.+)", "{1}"],
  ["number (\\S+)", "数值 {1}"],
  ["skill (\\S+)", "技能 {1}"],
  ["talent (\\d+): (.+)", "天赋 {1}：{2}"],
  ["from elite (\\d) on: (.+)", "精英 {1} 起：{2}"],
  ["(.+): changes a talent that is not played as an effect", "{1}：改变没有模拟的天赋"],
  ["(.+): has neither time nor attack for an effect", "{1}：效果没有时间也没有攻击"],
  ["summons a unit in its range, whose enemies it hits harder", "在攻击范围内召唤单位，对它身边的敌人伤害更高"],
  ["grows stronger as long as it does not use its skill", "不用技能时越来越强"],
  ["a second, weaker blast; does not aim at flying enemies", "第二次较弱的爆炸；不攻击空中敌人"],
  ["its drone hits the same enemy harder every time", "无人机连续打同一敌人时越打越重"],
  ["stores attacks while no enemy is in range", "范围内没有敌人时储存攻击"],
  ["its summons", "召唤物"],
  ["its traps", "陷阱"],
  ["fights on as a substitute instead of dying", "倒下时以替身继续战斗"],
  ["loses health all the time", "一直失去生命"],
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

/** A value of a log line or of a trace's event, as its field needs it; in English it stays as it is. */
export function toldValue(field, value) {
  if (language() !== "zh") return typeof value === "object" ? JSON.stringify(value) : value;
  if (value === null || value === undefined || value === "") return "—";
  if (typeof value === "boolean") return t(value ? "yes" : "no");
  if (typeof value === "number") return t(`${field}_${value}`, Number(value.toFixed(3)));
  if (typeof value === "object") return JSON.stringify(value);
  return field === "action" ? toldAction(value) : t(`${field}_${value}`, told(value));
}

/** An event or a command of a trace: {name, told, values}. `own` are values that are words already. */
export function toldStep({ name, told: english, values }, own = {}) {
  return t(`trace_${name}`, english, Object.fromEntries(Object.entries({ ...values, ...own }).map(([field, value]) => [field, own[field] ?? toldValue(field, value)])));
}

/** A reason why a result is not wholly to be trusted: {code, count, of, details}. In Chinese; English comes as a sentence. */
export function toldReason({ code, count, of, details }) {
  const named = Object.entries(details).map(([name, rest]) => told(name) + (rest.length ? `（${rest.map(told).join("；")}）` : ""));
  return `${t(`reason_${code}`, code, { count, of })}：${named.join("，")}`;
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
