"""What lets programs that reason in words use Holdfast: tools over its verbs, a server for them, and a coach.

    tools       the tools, as data: arguments, the command line that one stands for, what is told of its answer
    calling     calls one: checked, allowed, bounded in time and size, logged
    server      all of them over the Model Context Protocol (`holdfast mcp`)
    engine      a client for language models behind the OpenAI protocol
    coach       a model that plans, calls tools and answers (`holdfast coach`)
    figures     whether each figure of an answer stands in the result that it cites
    words       what the coach says, in English and Chinese
    memory      what worked, for each player and stage, in a file to read and edit
    computer    what this machine has for a model: memory, cores, cards
    serving     starts a model on it (`holdfast coach serve`), and says which it can run (`coach doctor`)
    llama_server  the engine that comes with the extra

Nothing but its two verbs imports it. Its libraries are the extra `coach`.
"""
