// Run once by `database-init` with mongosh, as root: makes the replica set, and a user for each service that may use its
// own database only. Safe to repeat; passwords are set anew.
//
// Passwords come from files named in the environment, so that they show in no process list.

const fs = require("fs");

const SERVICES = ["membership", "scheduling", "content", "learning", "notification"];
const PREFIX = process.env.SANGGAR_DB_PREFIX || "sanggar_";
const secret = (name) => fs.readFileSync(`/run/secrets/mongo_${name}`, "utf8").trim();

try {
  rs.status();
} catch (error) {
  if (error.codeName !== "NotYetInitialized") throw error;
  rs.initiate({ _id: "sanggar", members: [{ _id: 0, host: "database:27017" }] });
}
for (let tries = 0; !db.hello().isWritablePrimary; tries++) {
  if (tries > 120) throw new Error("the replica set has no primary after a minute");
  sleep(500);
}

const admin = db.getSiblingDB("admin");
const give = (user, roles) => {
  const wanted = { pwd: secret(user), roles };
  if (admin.getUser(user)) admin.updateUser(user, wanted);
  else admin.createUser({ user, ...wanted });
};
for (const service of SERVICES) give(service, [{ role: "readWrite", db: PREFIX + service }]);
give("operator", [
  ...SERVICES.map((service) => ({ role: "readWrite", db: PREFIX + service })),
  { role: "clusterMonitor", db: "admin" },
]);
